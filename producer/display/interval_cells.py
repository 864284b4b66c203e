"""Intervals on the terminal: in the cell of their figure, as `12.5 (8.1 to 18.7)`."""

from __future__ import annotations

from collections.abc import Sequence

from schema.reports import Value


def join_intervals(
    columns: Sequence[str], rows: Sequence[Sequence[Value]]
) -> tuple[list[str], list[list[Value]]]:
    """Columns and rows in which two columns `…_low` and `…_high` are in the one before them."""
    joined = [
        place
        for place, name in enumerate(columns)
        if place > 1 and name.endswith("_high") and columns[place - 1].endswith("_low")
    ]
    ends = {end for place in joined for end in (place - 1, place)}
    kept = [place for place in range(len(columns)) if place not in ends]
    return [columns[place] for place in kept], [
        [_with_ends(row, place) if place + 2 in joined else row[place] for place in kept]
        for row in rows
    ]


def _with_ends(row: Sequence[Value], place: int) -> Value:
    value, low, high = row[place : place + 3]
    return value if low is None else f"{value} ({low} to {high})"
