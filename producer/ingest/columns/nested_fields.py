"""Nested fields by their path: `review.body`, `answers.0.text`."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any


def get_field(fields: dict[str, Any], column: str) -> Any:
    """The value of a column, or of a nested field. A column of that very name wins.

    JSON in a column that holds text is reached into as well.
    """
    if column in fields or "." not in column:
        return fields.get(column)
    parts = column.split(".")
    for length in range(len(parts) - 1, 0, -1):
        head = ".".join(parts[:length])
        if head in fields:
            return _reach(fields[head], parts[length:])
    return None


def column_of_path(columns: Collection[str], path: str) -> str | None:
    """The column that a path begins with; None where there is none."""
    parts = path.split(".")
    heads = (".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))
    return next((head for head in heads if head in columns), None)


def _reach(value: Any, path: list[str]) -> Any:
    for part in path:
        if isinstance(value, str) and value[:1] in "{[":
            value = _parsed(value)
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _parsed(written: str) -> Any:
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return None
