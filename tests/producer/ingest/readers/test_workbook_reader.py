"""Rows of workbooks, and workbooks that would fill the memory."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from producer.ingest.errors import IngestError
from producer.ingest.readers import limits
from producer.ingest.readers.row import Row
from tests.support.reading import open_path, read_bytes
from tests.support.workbooks import an_xls, pack, sheet_xml, write_ods, write_xlsx

AT = datetime(2026, 3, 14, 10)
ROWS = [["id", "text", "when", "stars"], [1, "Tap drips", AT, 2.5], [2, "Great", None, None]]


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a"])
def test_values_are_what_they_are(tmp_path: Path, name: str) -> None:
    columns, good, bad = read_bytes(tmp_path, name, write_xlsx({"Feedback": ROWS}))
    assert columns == ["id", "text", "when", "stars"]
    assert [(row.line, row.fields) for row in good] == [
        (2, {"id": 1, "text": "Tap drips", "when": AT, "stars": 2.5}),
        (3, {"id": 2, "text": "Great", "when": None, "stars": None}),
    ]
    assert type(good[0].fields["id"]) is int
    assert bad == []


def test_other_workbooks(tmp_path: Path) -> None:
    _, good, _ = read_bytes(tmp_path, "a.ods", write_ods([["id", "text"], [1, "Tap drips"]]))
    assert [row.fields for row in good] == [{"id": 1, "text": "Tap drips"}]
    _, good, _ = read_bytes(tmp_path, "a.xls", an_xls())
    assert [row.fields for row in good] == [{"id": 7, "text": "Tap drips", "when": AT}]


def test_the_first_sheet_with_rows_is_read_or_the_one_that_is_named(tmp_path: Path) -> None:
    sheets: dict[str, list[Any]] = {
        "Secret": ROWS,
        "Cover": [["Report"]],
        "May": ROWS,
        "June": [["text"], ["late"]],
    }
    path = tmp_path / "a.xlsx"
    path.write_bytes(write_xlsx(sheets, hidden=["Secret"]))
    with open_path(path) as stream:
        assert len(list(stream.rows)) == 2
        assert stream.notes == [f"{path}: sheet 'May' of 4 is read; another with --sheet"]
    with open_path(path, sheet="june") as stream:
        assert [row.fields for row in stream.rows if isinstance(row, Row)] == [{"text": "late"}]
        assert stream.notes == []
    with pytest.raises(IngestError, match=r"no sheet 'July' .* Secret, Cover, May, June"):
        open_path(path, sheet="July").__enter__()


def test_the_header_is_found_below_a_title(tmp_path: Path) -> None:
    rows = [["Feedback of May", None], [], [None, None, None], *ROWS]
    _, good, _ = read_bytes(tmp_path, "a.xlsx", write_xlsx({"a": rows}))
    assert [(row.line, row.fields["text"]) for row in good] == [(5, "Tap drips"), (6, "Great")]
    _, good, _ = read_bytes(tmp_path, "b.xlsx", write_xlsx({"a": rows}), header_row=4)
    assert [row.line for row in good] == [5, 6]
    columns, good, _ = read_bytes(tmp_path, "c.xlsx", write_xlsx({"a": ROWS[1:]}), header_row=0)
    assert columns == ["1", "2", "3", "4"] and len(good) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (write_xlsx({"a": []}), "has no rows"),
        (write_xlsx({"a": ROWS})[:-100], "is a damaged zip archive or workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000, "is a workbook that cannot be read"),
        (pack({"xl/workbook.xml": "<workbook"}), "is a workbook that cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(IngestError, match=said):
        read_bytes(tmp_path, "a.xlsx", content)


def _with_sheet(content: str) -> bytes:
    good = write_xlsx({"a": ROWS})
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return pack(members | {"xl/worksheets/sheet1.xml": content.encode()})


def test_two_cells_far_apart_are_a_bomb(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    content = _with_sheet(sheet_xml(ROWS).replace("</sheetData>", far))
    with pytest.raises(IngestError, match="a sheet of more than 50,000,000 cells.* save the sheet"):
        read_bytes(tmp_path, "a.xlsx", content)


def test_a_sheet_that_unpacks_to_far_more_is_a_bomb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FREE_UNPACKED", 100_000)
    content = _with_sheet(sheet_xml(ROWS) + " " * 3_000_000)
    with pytest.raises(IngestError, match="unpacks to more than 200 times its size"):
        read_bytes(tmp_path, "a.xlsx", content)


def test_a_sheet_that_is_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    content = bytearray(_with_sheet(sheet_xml(ROWS) + " " * 100_000))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    # In the archive's directory, whose entry is the last that has the size.
    size = struct.pack("<L", info.file_size)
    at = content.rindex(size)
    content[at : at + 4] = struct.pack("<L", 1_000)
    with pytest.raises(IngestError, match="a part of it is longer than it says"):
        read_bytes(tmp_path, "a.xlsx", bytes(content))
