"""Storing what a person has said; nothing that a model has said is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from schema.corrections.subject import Subject
from schema.database.clock import now
from schema.tables import RANDOM, CorrectionRow, DocumentRow

#: Documents that one statement asks for.
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says that a document's label is, and how the document was drawn."""

    document_id: int
    label: str
    drawn: str


@dataclass(slots=True)
class Stored:
    """What became of corrections.

    Attributes:
        new: Documents that this person has labelled for the first time.
        changed: Documents that the same person had given another label, which is superseded.
        same: Those that had this label already.
    """

    new: int = 0
    changed: int = 0
    same: int = 0


def documents_with_results(
    connection: Connection, subject: Subject, ids: Sequence[int]
) -> set[int]:
    """Those of `ids` that have a result of the analysis in the run, locked until the end of the
    transaction, so that nobody forgets one in between.
    """
    found: set[int] = set()
    table = subject.table
    for start in range(0, len(ids), _BLOCK):
        rows = connection.execute(
            select(DocumentRow.id)
            .join(table, table.document_id == DocumentRow.id)
            .where(table.run_id == subject.run_id, DocumentRow.id.in_(ids[start : start + _BLOCK]))
            .order_by(DocumentRow.id)
            .with_for_update(key_share=True, of=DocumentRow)
        )
        found.update(rows.scalars())
    return found


def store(
    connection: Connection, subject: Subject, corrections: Sequence[Correction], said_by: str
) -> Stored:
    """Store corrections of one person; what is stored already stays as it is.

    A document that was drawn at random stays so when it comes again because the model was unsure of
    it, and one that was labelled for that reason counts as drawn at random when it is drawn.

    Args:
        connection: A transaction.
        subject: Of which run and analysis.
        corrections: A document once, all of them with a result.
        said_by: Who says so.
    """
    before = {
        row.document_id: row
        for row in connection.execute(
            select(CorrectionRow.__table__).where(
                CorrectionRow.run_id == subject.run_id,
                CorrectionRow.analysis == subject.analysis,
                CorrectionRow.said_by == said_by,
                CorrectionRow.superseded_at.is_(None),
            )
        )
    }
    stored = Stored()
    for one in corrections:
        old = before.get(one.document_id)
        drawn = RANDOM if old is not None and old.drawn == RANDOM else one.drawn
        if old is not None and (old.label, old.drawn) == (one.label, drawn):
            stored.same += 1
            continue
        if old is not None:
            superseded = update(CorrectionRow).where(CorrectionRow.id == old.id)
            connection.execute(superseded.values(superseded_at=now()))
        stored.new += old is None
        stored.changed += old is not None
        connection.execute(
            insert(CorrectionRow).values(
                document_id=one.document_id,
                analysis=subject.analysis,
                label=one.label,
                said_by=said_by,
                said_at=now(),
                run_id=subject.run_id,
                drawn=drawn,
            )
        )
    return stored
