"""Fields inside of fields: `review.body` is the `body` of the object in the column `review`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import RowStream
from schema.json_lines import DECODER

#: Characters of a column that are read as JSON when a path leads into it.
_MOST_CHARACTERS = 1 << 20


def with_nested(stream: RowStream, names: Iterable[str]) -> RowStream:
    """A stream whose rows also have, as columns, the nested fields that some names lead to.

    Args:
        stream: Of an input.
        names: As the user gives them; those without a dot, and those of columns, add nothing.
    """
    known = {column.casefold() for column in stream.columns}
    paths = {
        name: name.split(".")
        for name in names
        if "." in name.strip(".") and name.casefold() not in known
    }
    present = {name: path for name, path in paths.items() if _begins_in(path, stream.columns)}
    if not present:
        return stream
    for row in stream.late:
        _add(row, present)
    return replace(
        stream,
        columns=[*stream.columns, *present],
        rows=_rows(stream.rows, present),
    )


def _begins_in(path: list[str], columns: Iterable[str]) -> bool:
    names = set(columns)
    return any(".".join(path[:end]) in names for end in range(1, len(path)))


def _rows(rows: Iterator[Row | Reject], paths: dict[str, list[str]]) -> Iterator[Row | Reject]:
    for row in rows:
        if isinstance(row, Row):
            _add(row, paths)
        yield row


def _add(row: Row, paths: dict[str, list[str]]) -> None:
    for name, path in paths.items():
        row.fields[name] = _reach(row.fields, path)


def _reach(value: Any, path: list[str]) -> Any:
    """The value that a path leads to; None where it leads nowhere. A name may have dots itself."""
    if not path:
        return value
    if (
        isinstance(value, str)
        and value.lstrip()[:1] in ("{", "[")
        and len(value) < _MOST_CHARACTERS
    ):
        try:
            value = DECODER.decode(value)
        except (ValueError, RecursionError):
            return None
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


def with_one_spelling(
    rows: Iterator[Row | Reject], columns: Iterable[str], names: Iterable[str]
) -> Iterator[Row | Reject]:
    """Rows that have some columns under one name, however a row spells it: files that two programs
    wrote have `text` and `Text`.

    Args:
        rows: Of an input.
        columns: All of its columns.
        names: Those that are to have one name.
    """
    by_folded = {name.casefold(): name for name in names}
    others = {
        column: name
        for column in columns
        if (name := by_folded.get(column.casefold())) is not None and name != column
    }
    return _respelled(rows, others) if others else rows


def _respelled(rows: Iterator[Row | Reject], others: dict[str, str]) -> Iterator[Row | Reject]:
    for row in rows:
        if isinstance(row, Row):
            for other, name in others.items():
                if other in row.fields and name not in row.fields:
                    row.fields[name] = row.fields.pop(other)
        yield row
