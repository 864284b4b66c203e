"""A period: from one moment to another, by when customers wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from schema.reports.errors import ReportError


@dataclass(frozen=True, slots=True)
class Period:
    """Moments from `since` on and before `until`, both aware; None where there is no such end."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether it leaves any moment out."""
        return self.since is not None or self.until is not None

    def previous(self, now: datetime) -> Period:
        """The period of the same length before this one, which ends at `now` if it has no end.

        Raises:
            ReportError: If it has no beginning, or is empty.
        """
        until = self.until or now
        if self.since is None:
            raise ReportError("--against previous needs --since, and may have --until")
        if until <= self.since:
            raise ReportError("--until must lie behind --since")
        return Period(self.since - (until - self.since), self.since)


def read_period(since: str | None, until: str | None) -> Period:
    """Read a period as users write it: `2026-10-01`, or `2026-10-01T12:00` with or without a zone,
    which is UTC by default. A day of `until` is in the period.

    Raises:
        ReportError: Names the option that cannot be read.
    """
    begin = None if since is None else _read("--since", since, 0)
    end = None if until is None else _read("--until", until, 1)
    if begin and end and end <= begin:
        raise ReportError("--until must lie behind --since")
    return Period(begin, end)


def _read(option: str, text: str, days: int) -> datetime:
    try:
        if len(text) == len("2026-10-01"):
            day = date.fromisoformat(text) + timedelta(days=days)
            return datetime.combine(day, time(), UTC)
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ReportError(f"{option} must be a day, as in 2026-10-01, or a time of it") from None
