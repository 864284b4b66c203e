"""What a reason means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from producer.ingest.readers.reasons import MEND, column_of, fix_of, kind_of
from producer.ingest.readers.row import Reject, Row
from producer.ingest.storage.rejects_file import RejectsFile
from producer.ingest.validation.input_row import identify_input


@pytest.mark.parametrize(
    ("reason", "column", "fix"),
    [
        ("empty: no text in column 'Body'", "Body", "fill the text in, or leave the row out"),
        # What says nothing may look like a fix: it is a piece of the customer's text.
        ("empty: no text in column 'a' ('-; -' says nothing)", "a", "fill the text in, or leave"),
        ("broken encoding: not UTF-8", None, "store the text as UTF-8"),
        ("not JSON: Expecting value", None, "write the row as one JSON object"),
        ("column 'NULL' holds neither text nor a number", "NULL", MEND),
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


def test_reasons_of_one_kind_differ_in_what_only_a_row_has() -> None:
    assert kind_of("empty: no text in column 'a' ('-; -' says nothing)") == "empty"
    assert kind_of("id '7' of source 'a' is 12 times") == "id … of source … is N times"


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
