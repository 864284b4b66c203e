"""What is not in the figures: rows that were rejected, and documents without a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

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
        not_analysed=_reasons(connection, AbstentionRow, AbstentionRow.reason, runs),
        dead_letters=_reasons(connection, DeadLetter, DeadLetter.error_class, runs),
    )


def _reasons(connection: Connection, table: Any, reason: Any, runs: Any) -> list[Reason]:
    count = func.count(table.document_id.distinct())
    statement = (
        select(table.analysis, reason, count)
        .where(table.run_id.in_(runs))
        .group_by(table.analysis, reason)
        .order_by(count.desc(), table.analysis, reason)
    )
    return [Reason(*row) for row in connection.execute(statement)]
