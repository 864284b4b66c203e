"""Times that are numbers: since 1970, days of a spreadsheet, digits of a date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Smaller numbers are years, days or hours, not seconds since 1970. This one is in 1973.
_LEAST_EPOCH = 100_000_000
#: Day 0 of a spreadsheet: Lotus took 1900 for a leap year, and all others still do.
_SHEET_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
#: Days of a spreadsheet in 1954 and 2119: who writes feedback writes it in between.
_LEAST_DAY, _MOST_DAY = 20_000, 80_000


def from_number(written: str, days: bool) -> datetime:
    """Read seconds, milliseconds, microseconds or nanoseconds since 1970, or YYYYMMDD[hhmmss].

    Args:
        written: The number.
        days: Whether its column has days of a spreadsheet.

    Raises:
        ValueError: If it is none of them.
        OverflowError: If it is no time at all.
    """
    if written.isdigit() and len(written) in (8, 14):
        form = "%Y%m%d" if len(written) == 8 else "%Y%m%d%H%M%S"
        return datetime.strptime(written, form).replace(tzinfo=UTC)
    number = Decimal(written)
    if days and _LEAST_DAY <= number < _MOST_DAY:
        # A third of a day has no end: milliseconds are as exact as spreadsheets are.
        return _SHEET_EPOCH + timedelta(milliseconds=round(number * 86_400_000))
    # Seconds before the year 5138 have at most 11 digits; milliseconds three more; and so on.
    for _unit in ("s", "ms", "us", "ns"):
        if _LEAST_EPOCH <= number < 10**11:
            return _EPOCH + timedelta(microseconds=int(number * 10**6))
        number /= 1000
    raise ValueError("not a number of seconds since 1970")


def are_days(sample: Iterable[Any]) -> bool:
    """Whether values are days of a spreadsheet: all numbers among them could be, and most are."""
    numbers, others = [], 0
    for value in sample:
        written = value.strip() if isinstance(value, str) else str(value)
        if isinstance(value, bool) or not NUMBER.fullmatch(written) or len(written) > 40:
            others += 1
        else:
            numbers.append(Decimal(written))
    return len(numbers) > others and all(_LEAST_DAY <= one < _MOST_DAY for one in numbers)
