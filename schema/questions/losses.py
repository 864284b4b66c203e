"""What is not in the figures: rows that were rejected, and documents without a result."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from schema.database.base import Base
from schema.questions.number_rows import distinct, select_ids_by
from schema.questions.scope import Scope
from schema.tables import AbstentionRow, DeadLetter, Run


@dataclass(frozen=True, slots=True)
class Reason:
    """Documents without a result, of one analysis and for one reason."""

    analysis: str
    reason: str
    documents: int


@dataclass(frozen=True, slots=True)
class Losses:
    """What runs have not got into the figures.

    Attributes:
        rows: Rows that were read.
        rejected: Of these, rows that were no feedback; `triage ingest` says where they lie.
        not_analysed: Documents that an analysis has left alone, by reason.
        dead_letters: Documents that failed for good; `triage dead` lists them.
    """

    rows: int
    rejected: int
    not_analysed: list[Reason]
    dead_letters: list[Reason]


def read_losses(connection: Connection, scope: Scope) -> Losses:
    """Read it of the scope's run, or of all that were not deleted."""
    runs = select(Run.id).where(Run.deleted_at.is_(None))
    if scope.run_id is not None:
        runs = runs.where(Run.id == scope.run_id)
    counted = select(
        func.coalesce(func.sum(Run.read), 0), func.coalesce(func.sum(Run.rejected), 0)
    ).where(Run.id.in_(runs))
    rows, rejected = connection.execute(counted).one()
    return Losses(
        rows=int(rows),
        rejected=int(rejected),
        not_analysed=_reasons(connection, AbstentionRow, "reason", scope),
        dead_letters=_reasons(connection, DeadLetter, "error_class", scope),
    )


def _reasons(connection: Connection, table: type[Base], reason: str, scope: Scope) -> list[Reason]:
    """What is in a table of documents, each once for an analysis and a reason: it may have failed
    in several runs.
    """
    runs = "SELECT r.id FROM runs AS r WHERE r.deleted_at IS NULL"
    if scope.run_id is not None:
        runs += " AND r.id = :only"
    found = select_ids_by(
        connection,
        ("x.analysis", f"x.{reason}"),
        "x.document_id",
        f"FROM {table.__tablename__} AS x WHERE x.run_id IN ({runs})",
        Scope(),
        **({} if scope.run_id is None else {"only": scope.run_id}),
    )
    reasons = [
        Reason(analysis, said, len(distinct(documents)))
        for (analysis, said), documents in found.items()
    ]
    return sorted(reasons, key=lambda one: (-one.documents, one.analysis, one.reason))
