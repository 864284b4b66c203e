from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from producer.ingest.error import IngestError
from producer.ingest.rejects import RejectsFile
from producer.ingest.row import Reject


def reject(line: int) -> Reject:
    return Reject("a.csv", line, "no text", {"text": "", "ü": "\udcff" if line == 2 else "é"})


def lines(path: Path) -> list[int]:
    return [json.loads(line)["line"] for line in path.read_text("utf-8").splitlines()]


def test_every_reject_is_there_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "r.rejects.jsonl"
    first, second = RejectsFile(path), RejectsFile(path)
    first.append([])
    assert not path.exists()
    first.append([reject(1), reject(2)])
    second.append([reject(1), reject(3)])
    first.append([reject(3), reject(4), reject(2)])
    RejectsFile(path).append([reject(n) for n in range(6)])
    assert lines(path) == [1, 2, 3, 4, 0, 5]
    assert json.loads(path.read_text("utf-8").splitlines()[1])["row"]["ü"] == "\udcff"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_row_that_json_cannot_hold_is_a_line_all_the_same() -> None:
    value: object = 1
    for _ in range(100_000):
        value = [value]
    assert json.loads(Reject("sql", 3, "no text", {"x": value}).as_json())["line"] == 3


def test_half_a_line_of_a_killed_process_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "r.rejects.jsonl"
    RejectsFile(path).append([reject(1), reject(2)])
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    RejectsFile(path).append([reject(1), reject(2), reject(3)])
    assert path.read_bytes().startswith(whole)
    assert lines(path) == [1, 2, 3]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IngestError, match="TRIAGE_REJECTS"):
        RejectsFile(tmp_path / "file" / "r.rejects.jsonl").append([reject(1)])
