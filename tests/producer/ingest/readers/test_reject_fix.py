"""What a reject says to do, and in which column it is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from producer.ingest.readers.reject_fix import MEND, column_of, fix_of
from producer.ingest.readers.row import Reject, Row
from producer.ingest.storage.rejects_file import RejectsFile
from producer.ingest.validation.input_row import identify_input


@pytest.mark.parametrize(
    ("reason", "column", "fix"),
    [
        ("no text in column 'Body'", "Body", "fill the text in, or leave the row out"),
        ("3 fields, the header has 2", None, "put fields with the delimiter inside into quotation"),
        ("broken encoding; if all rows are, give --encoding", None, "if all rows are, give --enc"),
        ("something of another database", None, MEND),
    ],
)
def test_they_are_told_from_the_reason(reason: str, column: str | None, fix: str) -> None:
    assert column_of(reason) == column
    assert fix_of(reason).startswith(fix)
    written = json.loads(Reject("a.csv", 3, reason, {"id": "1"}).as_json())
    assert (written["column"], written["row"]) == (column, {"id": "1"})
    assert json.loads(Reject("a.csv", 3, reason, [], column="x", fix="y").as_json())["fix"] == "y"


def test_what_an_older_version_has_written_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "r.rejects.jsonl"
    old = {"file": "a.csv", "line": 3, "reason": "no text in column 'text'", "row": {"column": "x"}}
    path.write_text(json.dumps(old) + "\n")
    rejects = RejectsFile(path)
    rejects.append([Reject("a.csv", 3, "no text in column 'text'", {"column": "x"})])
    assert len(path.read_text().splitlines()) == 1
    rejects.append([Reject("a.csv", 4, "no text in column 'text'", {"column": "x"})])
    assert len(path.read_text().splitlines()) == 2


def test_an_input_is_known_as_older_versions_knew_it() -> None:
    row = Row(2, {"id": "1", "text": "a"})
    assert identify_input("/data/a.csv", "a", row).digest == "d2ffa32a1624e927"
