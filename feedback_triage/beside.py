"""Results beside what was given: the frame that `analyze` gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from feedback_triage.frames import (
    Frame,
    Kind,
    arrow_type,
    from_arrow,
    from_columns,
    kind_of,
    with_columns,
)
from feedback_triage.given import Given
from producer.engine.result_columns import ERROR, NOT_ANALYSED, left_alone, result_columns

if TYPE_CHECKING:
    from producer.engine.analyzed import AnalyzedRow
    from producer.ingest.validation.feedback import Feedback

#: What a file may say of a text, as far as it does.
_ROLES: dict[str, Callable[[Feedback], Any]] = {
    "time": lambda one: one.time,
    "rating": lambda one: one.rating,
    "language": lambda one: one.language,
    "product": lambda one: one.product,
}


def beside(given: Given, rows: Sequence[AnalyzedRow], analyses: Sequence[str], kind: Kind) -> Frame:
    """The rows that were given, with their results.

    Args:
        given: What was given.
        rows: What has come of it, in its order.
        analyses: What was asked.
        kind: The library of the frame.
    """
    if given.table is not None and len(rows) != len(given.table):
        raise ValueError("text= names several columns; analyse one after the other")
    results, types = _results(rows, analyses)
    if given.table is not None:
        table = given.table
        if given.kind != kind:
            table = _converted(table, kind)
        return with_columns(kind, table, results, types)
    own = _of_file(rows) if given.columns is None else dict(given.columns)
    frame = from_columns(kind, own | results, types)
    if given.index is not None and kind == "pandas":
        frame.index = given.index
    return frame


def _results(
    rows: Sequence[AnalyzedRow], analyses: Sequence[str]
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """The values of all columns of results, and their types."""
    columns = result_columns(analyses)
    values = {one.name: [one.value(row.results) for row in rows] for one in columns}
    values[NOT_ANALYSED] = [left_alone(row.results) for row in rows]
    values[ERROR] = [row.error for row in rows]
    types = {one.name: arrow_type(one.example) for one in columns}
    return values, types | {NOT_ANALYSED: arrow_type(""), ERROR: arrow_type("")}


def _of_file(rows: Sequence[AnalyzedRow]) -> dict[str, list[Any]]:
    files = {row.row.file for row in rows}
    own: dict[str, list[Any]] = {"file": [row.row.file for row in rows]} if len(files) > 1 else {}
    # Ids of one column are of one type.
    ids: list[Any] = [row.row.id for row in rows]
    own["id"] = ids if all(isinstance(one, int) for one in ids) else list(map(str, ids))
    own["text"] = [row.text for row in rows]
    for role, value in _ROLES.items():
        found = [row.row.feedback and value(row.row.feedback) for row in rows]
        if any(one is not None for one in found):
            own[role] = found
    return own


def _converted(table: Frame, kind: Kind) -> Frame:
    import pyarrow

    if kind_of(table) == "pandas":
        arrow = pyarrow.Table.from_pandas(table, preserve_index=False)
    else:
        arrow = table if kind_of(table) == "arrow" else table.to_arrow()
    return from_arrow(kind, arrow)
