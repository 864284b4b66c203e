"""Intervals on the terminal: in the cell of their figure, as `42.5 (28 to 59)`."""

from __future__ import annotations

from collections.abc import Sequence

from schema.reports import Value

#: Points from which on an interval is so wide that its ends need no decimal.
_WIDE = 10
#: Below which it is so narrow that its ends have as many as there are.
_NARROW = 1


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
    if not (isinstance(value, int | float) and isinstance(low, float) and isinstance(high, float)):
        return value
    if high - low < _NARROW:
        return f"{value:g} ({low:g} to {high:g})"
    digits = 0 if high - low >= _WIDE else 1
    return f"{value:g} ({low:.{digits}f} to {high:.{digits}f})"
