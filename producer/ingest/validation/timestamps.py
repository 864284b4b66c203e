"""Times as exports write them, read as moments in UTC."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from producer.ingest.validation.missing_values import is_missing

_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}\b")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Smaller numbers are years, days or hours, not seconds since 1970. This one is in 1973.
_LEAST_EPOCH = 100_000_000

_DATES = ("%Y/%m/%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%m %d, %Y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %I:%M %p")
_FORMS = (
    *(date + clock for date in _DATES for clock in _CLOCKS),
    "%a %b %d %H:%M:%S %z %Y",
    "%Y-%m-%d %H:%M:%S %z",
)


class TimestampParser:
    """Reads the values of one column.

    Known are ISO 8601, seconds, milliseconds, microseconds and nanoseconds since 1970, RFC 2822,
    `2026/10/05`, `05.10.2026`, `5 Oct 2026`, `Oct 5, 2026`, each with or without a clock, and
    `10/05/2026` where the column shows whether the day or the month comes first. Without a time
    zone it is UTC.

    Args:
        sample: First values of the column.
    """

    def __init__(self, sample: Iterable[Any]) -> None:
        order = _slash_order(sample)
        slashes = (order + clock for clock in _CLOCKS) if order else ()
        self._forms = [*_FORMS, *slashes]

    def read(self, value: Any) -> datetime | None:
        """Read one value; None when it is missing.

        Raises:
            ValueError: If it is no time, or may be two.
        """
        if type(value) is str:
            value = value.strip()
            if is_missing(value):
                return None
            if _NUMBER.fullmatch(value):
                return _from_number(value)
            return _in_utc(self._from_text(value))
        if isinstance(value, datetime):
            return _in_utc(value)
        if isinstance(value, date):
            return datetime.combine(value, time(), UTC)
        if value is None or value != value:
            return None
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return _from_number(str(value))
        raise ValueError("not a time")

    def _from_text(self, value: str) -> datetime:
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
        if value.endswith((" UTC", " GMT", " Z")):
            return self._from_text(value.rpartition(" ")[0]).replace(tzinfo=UTC)
        for place, form in enumerate(self._forms):
            try:
                moment = datetime.strptime(value, form)
            except ValueError:
                continue
            # The next one is most likely written the same.
            self._forms.insert(0, self._forms.pop(place))
            return moment
        if _SLASHES.match(value):
            raise ValueError("day and month cannot be told apart")
        try:
            return parsedate_to_datetime(value)
        except ValueError:
            raise ValueError("in no form that is known") from None


def _slash_order(sample: Iterable[Any]) -> str | None:
    """What `10/05/2026` means here, if any value tells: only a day can be over 12."""
    matches = [_SLASHES.match(value.strip()) for value in sample if isinstance(value, str)]
    pairs = [(int(match[1]), int(match[2])) for match in matches if match]
    day_first = any(first > 12 for first, _ in pairs)
    month_first = any(second > 12 for _, second in pairs)
    if day_first == month_first:
        return None
    return "%d/%m/%Y" if day_first else "%m/%d/%Y"


def _from_number(written: str) -> datetime:
    if written.isdigit() and len(written) in (8, 14):
        form = "%Y%m%d" if len(written) == 8 else "%Y%m%d%H%M%S"
        return datetime.strptime(written, form).replace(tzinfo=UTC)
    seconds = Decimal(written)
    # Seconds before the year 5138 have at most 11 digits; milliseconds three more; and so on.
    for _unit in ("s", "ms", "us", "ns"):
        if _LEAST_EPOCH <= seconds < 10**11:
            return _EPOCH + timedelta(microseconds=int(seconds * 10**6))
        seconds /= 1000
    raise ValueError("not a number of seconds since 1970")


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None
