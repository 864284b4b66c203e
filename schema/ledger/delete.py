"""Delete: a run with all that was made in it, and the documents that no other run has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, delete, exists, func, select, tuple_, update
from sqlalchemy.exc import NoResultFound

from schema.database import reading, writing
from schema.database.clock import now
from schema.ledger.cancel import cancel
from schema.ledger.families import first_ids, lock_versions, make_newest_current
from schema.ledger.forget import NOTES, OUTCOMES, erasing
from schema.tables import CorrectionRow, DocumentRow, Job, Model, Run, RunDocument
from schema.views.refresh import forget_blocks

#: Rows that one transaction deletes at the most, so that no worker waits long for it.
DELETE_LIMIT = 1_000

#: What a run's rows are, in the order in which they go, and the key of each behind the run's id.
#: The positions of its documents are last: a document goes with the last one that it has anywhere.
_ROWS: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    *((table, tuple(_key.name for _key in table.__table__.primary_key)[1:]) for table in OUTCOMES),
    (Job, ("analysis", "first_position")),
    (RunDocument, ("position",)),
)


@dataclass(slots=True)
class Deleted:
    """Counts rows that were deleted, or would be.

    Attributes:
        documents: Stored documents that no other run has.
        rows: Rows of the run by table: results, dead letters, jobs, positions.
    """

    documents: int = 0
    rows: Counter[str] = field(default_factory=Counter)


def find_deletable(engine: Engine, run_id: int) -> Deleted:
    """Count what `delete_run` would delete."""
    found = Deleted()
    with reading(engine) as connection:
        for table, _ in _ROWS:
            counted = select(func.count()).select_from(table).where(table.run_id == run_id)
            found.rows[table.__tablename__] = connection.execute(counted).scalar_one()
        other = _other_places(run_id, RunDocument.document_id)
        alone = select(func.count()).where(RunDocument.run_id == run_id, ~other)
        found.documents = connection.execute(alone.select_from(RunDocument)).scalar_one()
    return found


def begin_deletion(engine: Engine, run_id: int) -> None:
    """Mark a run and give it up for good: from now on nothing comes in, nothing of it is claimed or
    finished, and verification leaves it out.
    """
    with writing(engine) as connection:
        unmarked = (Run.id == run_id, Run.deleted_at.is_(None))
        connection.execute(update(Run).where(*unmarked).values(deleted_at=now()))
    # Nothing to cancel where another deletion has ended meanwhile.
    with suppress(NoResultFound):
        cancel(engine, run_id)


def delete_run(engine: Engine, run_id: int) -> Iterator[Deleted]:
    """Delete a run's rows after `begin_deletion`, the run itself last. Killed in between, it goes
    on where it was when it is called again; two at once take turns.

    A worker that holds a claim of the run finishes nothing: its job is cancelled, then gone.

    Yields:
        All that is deleted so far, after each transaction.
    """
    done = Deleted()
    with erasing(engine) as connection:
        for table, key in _ROWS:
            for block in _blocks(engine, run_id, table, key):
                with connection.begin():
                    if not _lock(connection, run_id):
                        return
                    _delete_block(connection, run_id, table, block, done)
                yield done
        with connection.begin():
            if _lock(connection, run_id):
                connection.execute(delete(Model).where(Model.run_id == run_id))
                # What a person has said of documents that other runs have is not the run's.
                drawn_here = update(CorrectionRow).where(CorrectionRow.run_id == run_id)
                connection.execute(drawn_here.values(run_id=None))
                connection.execute(delete(Run).where(Run.id == run_id))
        yield done


def _blocks(
    engine: Engine, run_id: int, table: type[Any], names: Sequence[str]
) -> Iterator[list[Any]]:
    """Conditions on the rows of a run, `DELETE_LIMIT` of them at a time, in the order of their key:
    what is deleted is not looked through again.
    """
    columns: Any = table.__table__.c
    key = [columns[name] for name in names]
    behind: list[Any] = [table.run_id == run_id]
    while True:
        # An OFFSET, so that only one key of the block leaves the database.
        find = select(*key).where(*behind).order_by(*key)
        with reading(engine) as connection:
            last = connection.execute(find.offset(DELETE_LIMIT - 1).limit(1)).one_or_none()
        if last is None:
            yield behind
            return
        yield [*behind, tuple_(*key) <= tuple_(*last)]
        behind = [table.run_id == run_id, tuple_(*key) > tuple_(*last)]


def _lock(connection: Connection, run_id: int) -> bool:
    """Lock the run, before anything of it, as all of the ledger does; False if it is gone."""
    marked = select(Run.id).where(Run.id == run_id, Run.deleted_at.is_not(None))
    return connection.execute(marked.with_for_update(key_share=True)).first() is not None


def _delete_block(
    connection: Connection, run_id: int, table: type[Any], block: Sequence[Any], done: Deleted
) -> None:
    documents = _lock_documents(connection, block) if table is RunDocument else []
    gone = connection.execute(delete(table).where(*block))
    done.rows[table.__tablename__] += gone.rowcount
    if documents:
        # After their places, in a statement of its own: it sees what others have committed since.
        unused = [~_other_places(run_id, DocumentRow.id)]
        unused += [~exists().where(outcome.document_id == DocumentRow.id) for outcome in OUTCOMES]
        families = first_ids(connection, documents)
        going = select(DocumentRow.id).where(DocumentRow.id.in_(documents), *unused)
        ids = list(connection.execute(going).scalars())
        for note in NOTES:
            connection.execute(delete(note).where(note.document_id.in_(ids)))
        gone = connection.execute(delete(DocumentRow).where(DocumentRow.id.in_(ids)))
        done.documents += gone.rowcount
        make_newest_current(connection, families)
        # Last, since it may wait for whoever makes rollups: he waits for nobody.
        forget_blocks(connection, documents)


def _lock_documents(connection: Connection, block: Sequence[Any]) -> list[int]:
    """The documents of some places: whoever wants to refer to them waits, or has done so."""
    places = list(connection.execute(select(RunDocument.document_id).where(*block)).scalars())
    locked = lock_versions(connection, places)
    return sorted(set(places).intersection(locked))


def _other_places(run_id: int, document_id: Any) -> Any:
    """Whether another run has the document."""
    place = RunDocument.__table__.alias("other")
    return exists().where(place.c.document_id == document_id, place.c.run_id != run_id)
