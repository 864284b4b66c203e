"""The values of one time column, read as moments in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from producer.ingest.texts.empty_texts import is_empty_text
from producer.ingest.times.numbers import NUMBER, are_days, from_number
from producer.ingest.times.other_forms import OtherForms
from producer.ingest.times.written_times import (
    DayOrderError,
    UnknownFormError,
    order_shown,
    parse_written,
    split_clock,
)


class DayOrder:
    """What dates like 03/04/2026 mean in one column: only a day can be over 12.

    Args:
        requested: `DAY_FIRST` or `MONTH_FIRST`, if the user says so.
        usual: What is usual in such an export, where no date shows it.
    """

    def __init__(self, requested: str | None = None, usual: str | None = None) -> None:
        self._requested = requested
        self._usual = usual
        self._shown: set[str] = set()
        #: Whether there was a date that may be two.
        self.ambiguous = False

    @property
    def order(self) -> str | None:
        """The order; None where no date shows it, or some show one and some the other."""
        if self._requested or not self._shown:
            return self._requested or self._usual
        return next(iter(self._shown)) if len(self._shown) == 1 else None

    @property
    def settled(self) -> bool:
        """Whether further dates need not be seen."""
        return bool(self._requested or self._shown)

    def see(self, value: Any) -> None:
        """Learn from a value."""
        if not isinstance(value, str) or not (shown := order_shown(value)):
            return
        order, stops = shown
        if order is not None:
            self._shown.add(order)
        elif not stops:
            self.ambiguous = True


class TimestampParser:
    """Reads the values of one column.

    Known are ISO 8601, seconds, milliseconds, microseconds and nanoseconds since 1970, RFC 2822,
    days of a spreadsheet, `2026/10/05`, `05.10.2026`, `10/5/26 3:03 PM`, `5 Oct 2026`,
    `5. Oktober 2026`, `October 5th, 2026`, with or without a clock and a zone, and what dateparser
    reads in other languages. Without a time zone it is UTC.

    Args:
        sample: First values of the column.
        order: What dates like 03/04/2026 mean; by default what the sample shows.
        guess: Whether dateparser is asked.
    """

    def __init__(
        self, sample: Iterable[Any], order: DayOrder | None = None, *, guess: bool = True
    ) -> None:
        values = list(sample)
        self._days = are_days(values)
        if order is None:
            order = DayOrder()
            for value in values:
                order.see(value)
        self._order = order.order
        self._others = OtherForms(self._order) if guess else None
        #: Dates that can only be read the other way around than the column.
        self.contradictions = 0

    def read(self, value: Any, clock: Any = None) -> datetime | None:
        """Read one value; None when it is missing.

        Args:
            value: It.
            clock: The value of the column with the time of day, if there is one.

        Raises:
            ValueError: If it is no time, or may be two.
        """
        if type(value) is str:
            value = value.strip()
            # Most are; the rest is not tried for each of them.
            if value[4:5] == "-" and clock is None and (moment := _from_iso(value)):
                return _in_utc(moment)
            if is_empty_text(value):
                return None
            if NUMBER.fullmatch(value):
                return from_number(value, self._days)
            return _in_utc(self._from_text(_with_clock(value, clock)))
        if isinstance(value, datetime):
            return _in_utc(value)
        if isinstance(value, date):
            return datetime.combine(value, clock if isinstance(clock, time) else time(), UTC)
        if value is None or value != value:
            return None
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return from_number(str(value), self._days)
        raise ValueError("not a time")

    def is_time(self, value: Any) -> bool:
        """Whether a value is a time, though perhaps one of two."""
        try:
            return self.read(value) is not None
        except DayOrderError:
            return True
        except (ValueError, OverflowError):
            return False

    def _from_text(self, value: str) -> datetime:
        if moment := _from_iso(value):
            return moment
        try:
            moment = parse_written(value, self._order)
        except UnknownFormError as error:
            return self._in_other_form(value, error)
        if self._order and (shown := order_shown(value)) and shown[0] not in (None, self._order):
            self.contradictions += 1
        return moment

    def _in_other_form(self, value: str, error: ValueError) -> datetime:
        try:
            return parsedate_to_datetime(value)
        except (ValueError, IndexError):
            pass
        if self._others and (moment := self._others.read(value)):
            return moment
        raise error


def _from_iso(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def is_clock(value: Any) -> bool:
    """Whether a value is a time of day alone."""
    if isinstance(value, time):
        return True
    if not isinstance(value, str):
        return False
    try:
        clock, _, rest = split_clock(value.strip())
    except ValueError:
        return False
    return clock is not None and rest.strip().casefold() in ("", "uhr")


def is_day(value: Any) -> bool:
    """Whether a value is a date without a time of day."""
    if isinstance(value, str):
        try:
            return split_clock(value.strip())[0] is None
        except ValueError:
            return False
    return isinstance(value, date) and not isinstance(value, datetime)


def _with_clock(day: str, clock: Any) -> str:
    if isinstance(clock, time):
        return f"{day} {clock.isoformat()}"
    return f"{day} {clock.strip()}" if is_clock(clock) and is_day(day) else day


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None
