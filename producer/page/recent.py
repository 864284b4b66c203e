"""What the newest weeks say beside those before them, where nobody named a period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from schema.questions import Scope
from schema.questions.headline import Headline, read_headline
from schema.reports import Period

#: Days of the period that is compared with as many before it.
DAYS = 28


@dataclass(frozen=True, slots=True)
class Recent:
    """A period beside the one before it.

    Attributes:
        first: Its first day, …
        last: … and its last.
        headline: Its figures, with their changes.
    """

    first: date
    last: date
    headline: Headline


def read_recent(connection: Connection, scope: Scope, whole: Headline) -> Recent | None:
    """Read the period that changes are told of: the scope's own, else its last `DAYS` days.

    Returns:
        None where there is nothing before it to compare it with.
    """
    if whole.first is None or whole.last is None:
        return None
    if scope.period.since is not None:
        chosen = whole
        first = scope.period.since.date()
    else:
        until = datetime.combine(whole.last + timedelta(days=1), time(), UTC)
        since = until - timedelta(days=DAYS)
        first = since.date()
        if whole.first >= first:
            return None
        chosen = read_headline(connection, replace(scope, period=Period(since, until)))
    return None if chosen.changes is None else Recent(first, whole.last, chosen)
