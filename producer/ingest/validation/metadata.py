"""Metadata: the columns that have no meaning of their own here, as JSON for both databases."""

from __future__ import annotations

import json
import math
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


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, default=plain, separators=(",", ":")
).encode


def encode_metadata(fields: dict[str, Any]) -> str:
    """The fields as a JSON object; what is not a number, or infinite, becomes null.

    Raises:
        ValueError: If they cannot be stored; the message is a reason to reject the row.
    """
    too_deep_reason = f"fields are nested deeper than {MOST_LEVELS} levels"
    try:
        try:
            encoded = _encode(fields)
        except ValueError:
            encoded = _encode(_finite(fields))
    except RecursionError:
        raise ValueError(too_deep_reason) from None
    if too_deep(encoded, fields):
        raise ValueError(too_deep_reason)
    if "\\u0000" in encoded and _has_nul(json.loads(encoded)):
        raise ValueError("a field contains NUL")
    return encoded


def too_deep(encoded: str, value: Any) -> bool:
    """Whether a value is nested deeper than `MOST_LEVELS`.

    Args:
        encoded: Its JSON, to see at once that it is not.
        value: A dictionary or a list.
    """
    brackets = encoded.count("[") + encoded.count("{")
    return brackets > MOST_LEVELS and _levels(value) > MOST_LEVELS


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any("\0" in key or _has_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))


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
