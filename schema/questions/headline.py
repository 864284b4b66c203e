"""How much is written, how the customers feel, and how that differs from the period before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from schema.insights.count_change import count_change
from schema.questions.counts import COUNTS, DocumentCounts
from schema.questions.figures import Change, mean_change, share_change
from schema.questions.scope import Scope, select_rows
from schema.reports import Period


@dataclass(frozen=True, slots=True)
class Changes:
    """How figures differ from those of the period before, each with the interval of the difference.

    Attributes:
        documents: As a share of what it was.
    """

    documents: Change
    negative: Change
    positive: Change
    unsure: Change
    rating: Change
    low_ratings: Change


@dataclass(frozen=True, slots=True)
class Headline:
    """What is said first.

    Attributes:
        counts: The figures.
        first: The day of the first document that has a time; None without any.
        last: That of the last one.
        previous: The period that they are compared with; None where `--since` does not say one.
        changes: How the figures differ from those; None without such a period.
    """

    counts: DocumentCounts
    first: date | None
    last: date | None
    previous: Period | None
    changes: Changes | None


_SQL = f"SELECT {COUNTS}, MIN(d.day) AS day, MAX(d.day) AS last_day FROM current_documents AS d"


def read_headline(connection: Connection, scope: Scope, now: datetime | None = None) -> Headline:
    """Read what is said first; compared with the period of the same length before, if the scope
    has a beginning.

    Args:
        connection: Open.
        scope: Which documents.
        now: Where a period without an end ends; None for this moment.
    """
    (row,) = select_rows(connection, _SQL, scope)
    counts = DocumentCounts.of(row)
    if scope.period.since is None:
        return Headline(counts, row.day, row.last_day, None, None)
    previous = scope.period.previous(now or datetime.now(UTC))
    (row_before,) = select_rows(connection, _SQL, replace(scope, period=previous))
    changes = compare_counts(counts, DocumentCounts.of(row_before))
    return Headline(counts, row.day, row.last_day, previous, changes)


def compare_counts(now: DocumentCounts, before: DocumentCounts) -> Changes:
    """How figures differ from those before."""
    volume = count_change(now.documents, before.documents)
    documents = Change(before.documents, None, None)
    if volume is not None:
        documents = Change(before.documents, *volume)
    return Changes(
        documents=documents,
        negative=share_change(now.negative, before.negative),
        positive=share_change(now.positive, before.positive),
        unsure=share_change(now.unsure, before.unsure),
        rating=mean_change(now.rating, before.rating),
        low_ratings=share_change(now.low_ratings, before.low_ratings),
    )
