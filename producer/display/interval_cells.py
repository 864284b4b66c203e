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
    """Columns and rows in which two columns `…_low` and `…_high`, or `low_…` and `high_…`, are in
    the one before them.
    """
    joined = [
        place for place in range(2, len(columns)) if _are_ends(columns[place - 1], columns[place])
    ]
    ends = {end for place in joined for end in (place - 1, place)}
    kept = [place for place in range(len(columns)) if place not in ends]
    return [columns[place] for place in kept], [
        [_with_ends(row, place) if place + 2 in joined else row[place] for place in kept]
        for row in rows
    ]


def _are_ends(low: str, high: str) -> bool:
    if low.startswith("low_") and high.startswith("high_"):
        return low.removeprefix("low_") == high.removeprefix("high_")
    return low.endswith("_low") and high.endswith("_high")


def _with_ends(row: Sequence[Value], place: int) -> Value:
    value, low, high = row[place : place + 3]
    if not (isinstance(value, int | float) and isinstance(low, float) and isinstance(high, float)):
        return value
    if high - low < _NARROW:
        return f"{value:g} ({low:g} to {high:g})"
    # Where an end would be rounded to 0, one could not see on which side of it the interval ends.
    near_zero = any(end and abs(end) < 0.5 for end in (low, high))
    digits = 0 if high - low >= _WIDE and not near_zero else 1
    return f"{value:g} ({low:.{digits}f} to {high:.{digits}f})"
