"""How satisfied customers are, by day, week or month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from schema.questions.counts import COUNTS, DocumentCounts
from schema.questions.scope import Scope, select_rows

#: What a point may be of.
STEPS = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class SatisfactionPoint:
    """The documents of a day, a week or a month.

    Attributes:
        start: Its first day (UTC); of a week its Monday.
        counts: The figures, among them the mean rating and what is classified as negative.
    """

    start: date
    counts: DocumentCounts


_SQL = f"""
SELECT /* by */ {COUNTS}
FROM current_documents AS d
WHERE d.day IS NOT NULL
GROUP BY /* by */ d.day IS NULL
ORDER BY by_what
"""


def read_satisfaction(
    connection: Connection, scope: Scope, step: str = "week"
) -> list[SatisfactionPoint]:
    """Read the points in the order of time; those without a document are left out.

    Args:
        connection: Open.
        scope: Which documents.
        step: One of `STEPS`.
    """
    rows = select_rows(connection, _SQL, scope, by=step)
    return [SatisfactionPoint(row.by_what, DocumentCounts.of(row)) for row in rows]
