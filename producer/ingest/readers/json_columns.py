"""JSON that is written column by column, as pandas' `to_json` does by default."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def rows_of_columns(value: Any) -> Iterator[tuple[dict[str, Any], str]] | None:
    """The rows of `{"text": ["Good", "Bad"], "stars": [5, 1]}`, or of the same with objects whose
    keys are numbers (`{"text": {"0": "Good", "1": "Bad"}}`); None where a value is no such object.

    A row by itself is never taken for columns: its text is a string.

    Returns:
        Each row, and how it would be written by itself.
    """
    if not isinstance(value, dict) or not value:
        return None
    columns = list(value.values())
    if all(isinstance(column, list) for column in columns):
        length = len(columns[0])
        if not length or any(len(column) != length for column in columns):
            return None
        return _rows(list(value), columns)
    if all(isinstance(column, dict) for column in columns):
        keys = columns[0].keys()
        if not keys or not all(key.isdecimal() for key in keys):
            return None
        if any(column.keys() != keys for column in columns):
            return None
        return _rows(list(value), [[column[key] for key in keys] for column in columns])
    return None


def _rows(names: list[str], columns: list[list[Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    for values in zip(*columns, strict=True):
        row = dict(zip(names, values, strict=True))
        yield row, json.dumps(row, ensure_ascii=False)
