"""Metadata: the columns that have no meaning of their own here, as JSON for both databases."""

from __future__ import annotations

import json
import math
from typing import Any

from producer.ingest.readers.json_values import plain
from schema.json_lines import MOST_LEVELS, too_deep

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
