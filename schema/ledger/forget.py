"""Forget: a customer's documents and every trace of them in results, from all runs."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, update
from sqlalchemy.exc import OperationalError

from schema.database import reading
from schema.database.engine import SQLITE_PATIENCE
from schema.ledger.families import all_versions, lock_versions
from schema.ledger.which import Which as Which
from schema.results import RESULT_TABLES
from schema.tables import (
    AbstentionRow,
    CorrectionRow,
    DeadLetter,
    DocumentRow,
    DocumentTheme,
    EmptyResult,
    Job,
    JobState,
    NearDuplicateRow,
    Run,
    RunDocument,
)
from schema.views.refresh import forget_blocks

#: Documents that one transaction deletes, so that no worker waits long for it.
FORGET_LIMIT = 100
#: Milliseconds to wait for readers before SQLite's log is emptied: writers wait with us.
LOG_PATIENCE = 5_000


@dataclass(slots=True)
class Forgotten:
    """Counts rows that were deleted, or would be.

    Attributes:
        documents: Stored documents.
        rows: Rows by table: results, dead letters, positions in runs.
    """

    documents: int = 0
    rows: Counter[str] = field(default_factory=Counter)


def find_forgettable(engine: Engine, which: Which) -> Forgotten:
    """Count what `forget` would delete."""
    found = Forgotten()
    for ids in _blocks(engine, which):
        found.documents += len(ids)
        with reading(engine) as connection:
            for table in _REFERRING:
                counted = select(func.count(table.run_id)).where(table.document_id.in_(ids))
                found.rows[_name(table)] += connection.execute(counted).scalar_one()
    return found


def forget(engine: Engine, which: Which) -> Iterator[Forgotten]:
    """Delete documents with all that was made of them, in any number of runs.

    A worker that has read such a document finishes its job all the same, without it. Jobs keep
    their slices, in which the position of the document stays empty.

    Args:
        engine: The database.
        which: The documents.

    Yields:
        All that is deleted so far, after each transaction.
    """
    done = Forgotten()
    with erasing(engine) as connection:
        for ids in _blocks(engine, which):
            forgotten = False
            while not forgotten:
                with connection.begin():
                    forgotten = _forget_block(connection, ids, done)
            yield done


def _blocks(engine: Engine, which: Which) -> Iterator[list[int]]:
    """Ids of the documents, with all their versions, whether these are such documents themselves or
    not; looked for outside of any writing transaction.
    """
    conditions = which.conditions(engine.dialect.name)
    last = 0
    #: Further versions of documents that have had their turn.
    others: set[int] = set()
    while True:
        statement = select(DocumentRow.id).where(DocumentRow.id > last, *conditions)
        with reading(engine) as connection:
            found = connection.execute(statement.order_by(DocumentRow.id).limit(FORGET_LIMIT))
            ids = list(found.scalars())
            versions = [one for one in all_versions(connection, ids) if one not in others]
        if not ids:
            return
        if versions:
            yield versions
        last = ids[-1]
        others.update(one for one in versions if one > last or one not in ids)


#: The tables that hold the outcomes of documents.
OUTCOMES: tuple[type[Any], ...] = (*RESULT_TABLES, EmptyResult, DeadLetter, AbstentionRow)
#: The tables that hold what is known of documents whatever run they are in: it goes with them.
NOTES: tuple[type[Any], ...] = (CorrectionRow, NearDuplicateRow, DocumentTheme)
#: The tables that refer to documents by `run_id` and `document_id`.
_REFERRING: tuple[type[Any], ...] = (*OUTCOMES, RunDocument)


def _name(table: type[Any]) -> str:
    return str(table.__tablename__)


@contextmanager
def erasing(engine: Engine) -> Iterator[Connection]:
    """Open a connection whose deletions leave nothing in the files of SQLite."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        _pragma(connection, "secure_delete = ON")
        try:
            yield connection
        finally:
            _pragma(connection, "secure_delete = OFF")


def empty_log(engine: Engine) -> bool:
    """Write SQLite's log (`-wal`) into the database, and empty it, for it holds what was deleted.

    Returns:
        False if somebody reads an older state of the database, so that it had to stay.

    Raises:
        OperationalError: If SQLite cannot write to its files.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        _pragma(connection, f"busy_timeout = {LOG_PATIENCE}")
        try:
            busy, _, _ = _pragma(connection, "wal_checkpoint(TRUNCATE)")
        finally:
            _pragma(connection, f"busy_timeout = {SQLITE_PATIENCE}")
        return not busy


def _pragma(connection: Connection, what: str) -> Any:
    """Set or do something in SQLite, outside of any transaction; returns the first row, if any.

    Raises:
        OperationalError: If SQLite cannot.
    """
    driver: Any = connection.connection.driver_connection
    statement = f"PRAGMA {what}"
    try:
        # By the driver, since SQLAlchemy would begin a transaction.
        return driver.execute(statement).fetchone()
    except sqlite3.Error as error:
        # SQLAlchemy wraps no error of what is done behind its back.
        raise OperationalError(statement, None, error) from error


def _forget_block(connection: Connection, ids: Sequence[int], done: Forgotten) -> bool:
    """Delete some documents. Rows are locked in the order that all of the ledger keeps: runs, jobs,
    documents, so that nobody waits for us while we wait for them.

    Returns:
        False, with nothing deleted, if one of them got a further version meanwhile.
    """
    ids = all_versions(connection, ids)
    places = RunDocument.document_id.in_(ids)
    runs = select(RunDocument.run_id).where(places)
    connection.execute(
        select(Run.id).where(Run.id.in_(runs)).order_by(Run.id).with_for_update(key_share=True)
    ).all()
    jobs = _jobs_of_letters(connection, ids)
    connection.execute(
        select(Job.id).where(Job.id.in_(jobs)).order_by(Job.id).with_for_update()
    ).all()
    # Whoever wants to refer to them waits now, and finds them gone.
    if not set(lock_versions(connection, ids)) <= set(ids):
        return False
    for job in _jobs_of_letters(connection, ids):
        connection.execute(update(Job).where(Job.id == job).values(failed=Job.failed - 1))
    for table in OUTCOMES:
        gone = connection.execute(delete(table).where(table.document_id.in_(ids)))
        done.rows[_name(table)] += gone.rowcount
    joined = Counter(
        connection.execute(
            delete(RunDocument).where(places).returning(RunDocument.run_id)
        ).scalars()
    )
    for run, number in sorted(joined.items()):
        connection.execute(
            update(Run).where(Run.id == run).values(forgotten=Run.forgotten + number)
        )
    done.rows[_name(RunDocument)] += joined.total()
    for table in NOTES:
        connection.execute(delete(table).where(table.document_id.in_(ids)))
    gone = connection.execute(delete(DocumentRow).where(DocumentRow.id.in_(ids)))
    done.documents += gone.rowcount
    # Last, since it may wait for whoever makes rollups: he waits for nobody.
    forget_blocks(connection, ids)
    return True


def _jobs_of_letters(connection: Connection, ids: Sequence[int]) -> list[int]:
    """For each dead letter of the documents the closed job that counts it."""
    letters = connection.execute(
        select(DeadLetter.run_id, DeadLetter.analysis, RunDocument.position)
        .join(
            RunDocument,
            (RunDocument.run_id == DeadLetter.run_id)
            & (RunDocument.document_id == DeadLetter.document_id),
        )
        .where(DeadLetter.document_id.in_(ids))
    ).all()
    found = (
        connection.execute(
            select(Job.id)
            .where(
                Job.run_id == letter.run_id,
                Job.analysis == letter.analysis,
                Job.first_position <= letter.position,
                Job.end_position > letter.position,
                Job.state.in_([JobState.DONE, JobState.DEAD]),
            )
            .order_by(Job.first_position.desc())
            .limit(1)
        ).scalar_one_or_none()
        for letter in letters
    )
    return [job for job in found if job is not None]
