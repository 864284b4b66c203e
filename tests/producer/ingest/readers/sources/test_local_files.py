"""Folders and patterns are the files that they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from producer.ingest.errors import IngestError
from producer.ingest.readers.input import Input, parse_inputs
from producer.ingest.readers.options import ReadingOptions


def inputs(*paths: Path | str) -> tuple[Input, ...]:
    return parse_inputs([str(path) for path in paths], ReadingOptions(), 1_000)


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    for name in ("b.csv", "a.jsonl.gz", "sub/c.XLSX", "readme.md", ".hidden.csv", ".git/x.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def test_a_folder_is_the_files_in_it_and_below(exports: Path) -> None:
    found = inputs(exports)
    assert [one.file_name for one in found] == ["a.jsonl", "b.csv", "c.XLSX"]
    assert [one.stem for one in found] == ["a", "b", "c"]
    assert [one.key for one in found] == sorted(one.key for one in found)
    assert found[2].name == str(exports / "sub" / "c.XLSX")


def test_a_pattern_is_the_files_that_match(exports: Path) -> None:
    assert [one.file_name for one in inputs(exports / "*.csv")] == ["b.csv"]
    assert [one.file_name for one in inputs(exports / "**" / "*.XLSX")] == ["c.XLSX"]
    odd = exports / "a[1].csv"
    odd.write_bytes(b"x")
    assert [one.file_name for one in inputs(odd)] == ["a[1].csv"]


def test_where_there_is_no_file_that_is_said(exports: Path) -> None:
    for argument, said in (
        (exports / "*.tsv", "matches no file"),
        (exports / "gone.csv", "does not exist"),
        (exports / ".git", "is a folder without a file"),
    ):
        if said.startswith("is a folder"):
            (exports / ".git" / "x.csv").unlink()
        with pytest.raises(IngestError, match=said):
            inputs(argument)
