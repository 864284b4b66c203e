"""Nested fields by their path: `review.body`, `answers.0.text`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from schema.json_lines import DECODER

#: Characters of a column that are read as JSON when a path leads into it.
_MOST_CHARACTERS = 1 << 20


def get_field(fields: dict[str, Any], column: str) -> Any:
    """The value of a column, or of a nested field; None where the path leads nowhere.

    A column of that very name wins. JSON in a column that holds text is reached into as well.
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
    if not all(parts):
        return None
    heads = (".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))
    return next((head for head in heads if head in columns), None)


def _reach(value: Any, path: list[str]) -> Any:
    """The value that a path leads to. A name may have dots itself."""
    if not path:
        return value
    if isinstance(value, str):
        value = _parsed(value)
    if isinstance(value, list):
        index = path[0]
        if index.isdecimal() and int(index) < len(value):
            return _reach(value[int(index)], path[1:])
        return None
    if isinstance(value, dict):
        for end in range(1, len(path) + 1):
            key = ".".join(path[:end])
            if key in value:
                return _reach(value[key], path[end:])
    return None


def _parsed(written: str) -> Any:
    if written.lstrip()[:1] not in ("{", "[") or len(written) >= _MOST_CHARACTERS:
        return None
    try:
        return DECODER.decode(written)
    except (ValueError, RecursionError):
        return None
