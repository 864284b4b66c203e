"""A `.txt` with a text a line, where it is asked for so."""

from __future__ import annotations

from pathlib import Path

import pytest

from producer.ingest.readers.input import parse_inputs
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.readers.row import Reject, Row

LINES = ReadingOptions(text_lines=True)


def read(path: Path, options: ReadingOptions = LINES) -> list[Row | Reject]:
    (one,) = parse_inputs([str(path)], options, 1_000)
    with one.open() as stream:
        return list(stream.rows)


def texts(rows: list[Row | Reject]) -> list[tuple[int, str]]:
    return [(row.line, row.fields["text"]) for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_line_is_a_text_and_blank_ones_are_passed(tmp_path: Path, end: str) -> None:
    path = tmp_path / "in.txt"
    lines = ['\ufeffIt broke, twice; "twice"', "", '{"text": "no JSON"}', "  größer \t", "last"]
    path.write_bytes(end.join(lines).encode())
    assert texts(read(path)) == [
        (1, 'It broke, twice; "twice"'),
        (3, '{"text": "no JSON"}'),
        (4, "größer"),
        (5, "last"),
    ]


def test_broken_bytes_are_one_reject_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    path.write_bytes("größer\n".encode() * 50 + b"gr\xff\xfe\x80er\n" + b"fine\n")
    rows = read(path)
    (reject,) = [row for row in rows if isinstance(row, Reject)]
    assert reject.line == 51 and "broken encoding" in reject.reason
    assert texts(rows)[-1] == (52, "fine")


def test_an_ingest_reads_a_txt_as_a_table_as_before(tmp_path: Path) -> None:
    path = tmp_path / "in.txt"
    path.write_text("id\ttext\n1\tIt broke.\n2\tFine.\n", "utf-8")
    first, _ = read(path, ReadingOptions())
    assert isinstance(first, Row) and first.fields == {"id": "1", "text": "It broke."}
