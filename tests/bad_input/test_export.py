"""Cells of customers in reports: a spreadsheet computes none of them, and none is changed more."""

from __future__ import annotations

import csv
import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from producer.export.files import write_csv, write_json
from schema.control_characters import escape_controls
from schema.reports import ReportRows
from tests.bad_input.texts import CELLS

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_FEW = settings(max_examples=60, deadline=None)
_ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=5)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@_FEW
@given(rows=_ROWS)
def test_csv(rows: list[tuple[str, str]]) -> None:
    file = io.StringIO(newline="")
    assert write_csv(ReportRows(("a", "b"), iter(rows)), file) == len(rows)
    header, *read = csv.reader(io.StringIO(file.getvalue(), newline=""), strict=True)
    assert header == ["a", "b"]
    for row, cells in zip(read, rows, strict=True):
        for shown, cell in zip(row, cells, strict=True):
            written = escape_controls(cell, keep="\t\r\n")
            assert shown in (written, f"'{written}")
            assert not shown.startswith(_FORMULA) or _is_number(shown)


@_FEW
@given(rows=_ROWS)
def test_json(rows: list[tuple[str, str]]) -> None:
    file = io.StringIO()
    assert write_json(ReportRows(("a", "b"), iter(rows)), file) == len(rows)
    assert json.loads(file.getvalue()) == [{"a": first, "b": second} for first, second in rows]
