"""What a report gives: rows with the types of Python, the same from both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Value = str | int | float | date | datetime | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ReportRows:
    """What a report gave: names of columns, and the rows, which can be read once.

    Attributes:
        kinds: Of some columns how they are read, as `schema.views` says.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]
    kinds: Mapping[str, str] = field(default_factory=dict)


def plain(value: Any) -> Value:
    """A value of a driver; JSON is its text, with its keys in order."""
    if isinstance(value, Decimal):
        whole = value.as_tuple().exponent == 0
        return int(value) if whole else float(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    same: Value = value
    return same


def without_hidden(found: ReportRows) -> ReportRows:
    """The same without the columns whose names begin with `_`: those are for us to count with."""
    shown = [place for place, name in enumerate(found.columns) if not name.startswith("_")]
    rows = (tuple(row[place] for place in shown) for row in found.rows)
    return ReportRows(tuple(found.columns[place] for place in shown), rows, found.kinds)


def sorted_rows(found: ReportRows, column: str, descending: bool) -> ReportRows:
    """The same in the order of a column; rows without a value come last. Reads all rows."""
    place = found.columns.index(column)
    rows = list(found.rows)
    some: list[Any] = [row for row in rows if row[place] is not None]
    some.sort(key=lambda row: row[place], reverse=descending)
    none = [row for row in rows if row[place] is None]
    return ReportRows(found.columns, iter((*some, *none)), found.kinds)
