"""`--since 7d`, `--since 2w`, `--since 2026-11-02`: whole days, which a digest is about."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from producer.errors import UsageError
from schema.reports import Period, ReportError, read_period

_SPAN = re.compile(r"([1-9]\d{0,3})([dw])")
_DAYS = {"d": 1, "w": 7}


def read_days(since: str, until: str | None, now: datetime) -> Period:
    """The period that a user names.

    Args:
        since: So many days (`7d`) or weeks (`2w`) before the end, or the first day.
        until: The last day; None for the last day that is over, so that a digest is the same
            whenever in a day it is made.
        now: The time.

    Raises:
        UsageError: If one of them is no day, or the period is empty.
    """
    try:
        end = read_period(None, until).until or datetime.combine(now.astimezone(UTC), time(), UTC)
        span = _SPAN.fullmatch(since)
        begin = (
            end - timedelta(days=int(span[1]) * _DAYS[span[2]])
            if span
            else read_period(since, None).since
        )
    except (ReportError, OverflowError):
        raise UsageError(
            "--since must be so many days or weeks, as 7d or 2w, or a day, as 2026-11-02; --until "
            "must be a day"
        ) from None
    if begin is None or begin >= end:
        raise UsageError("--since must lie before the end of the period, which is --until or today")
    return Period(begin, end)
