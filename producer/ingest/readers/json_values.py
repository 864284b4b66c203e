"""Values that JSON has no word for, and how deep a value may be nested."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

#: PostgreSQL and Python both give up at some thousands; nobody means more than this.
MOST_LEVELS = 100


def plain(value: Any) -> Any:
    """What JSON has no word for, as Parquet and SQL give it: moments, decimals, bytes."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return str(value)


def too_deep(encoded: str, value: Any) -> bool:
    """Whether a value is nested deeper than `MOST_LEVELS`.

    Args:
        encoded: Its JSON, to see at once that it is not.
        value: A dictionary or a list.
    """
    brackets = encoded.count("[") + encoded.count("{")
    return brackets > MOST_LEVELS and _levels(value) > MOST_LEVELS


def _levels(value: Any) -> int:
    levels = 0
    below = [value]
    while below:
        levels += 1
        nested: list[Any] = []
        for item in below:
            inside = item.values() if isinstance(item, dict) else item
            nested += [one for one in inside if isinstance(one, dict | list | tuple)]
        below = nested
    return levels
