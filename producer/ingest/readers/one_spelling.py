"""Columns that some rows spell otherwise: files that two programs wrote have `text` and `Text`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from producer.ingest.readers.row import Reject, Row


def with_one_spelling(
    rows: Iterator[Row | Reject], columns: Iterable[str], names: Iterable[str]
) -> Iterator[Row | Reject]:
    """Rows that have some columns under one name, however a row spells it.

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
