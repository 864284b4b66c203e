"""`triage ingest`: every option reaches the run, or the reader of its files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.console import Triage
from tests.support.ingesting import positions, run_row
from tests.support.workbooks import write_xlsx


def test_every_option_reaches_the_run(engine: Engine, tmp_path: Path, triage: Triage) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("key;wann;sprache;ware;größe;note\n7;2026-10-05;de;Tee;Gut!;1\n8;;;;x;2\n"
                     .encode("cp1252"))  # fmt: skip
    ended = triage(
        *("ingest", str(path), "--run", "r", "--source", "shop", "--text", "größe"),
        *("--id", "key", "--time", "wann", "--language", "sprache", "--product", "ware"),
        *("--question", "Why?", "--question", "Who?", "--translate-to", "de", "--limit", "1"),
        *("--encoding", "cp1252"),
    )
    assert ended.code == 0, ended.err
    options = run_row(engine, "r")["options"]
    assert options == {"questions": ["Why?", "Who?"], "translate_to": "de"}
    (row,) = positions(engine, "r")
    assert (row.source, row.external_id, row.text) == ("shop", "7", "Gut!")
    assert (row.time, row.language, row.product) == (datetime(2026, 10, 5, tzinfo=UTC), "de", "Tee")
    assert row.metadata == {"note": "1"}


@pytest.mark.parametrize(
    ("name", "content", "options", "stored"),
    [
        ("a.csv", b"id^text\n1^a, b\n", ["--delimiter", "^"], ("1", "a, b")),
        ("a.csv", b"1::a::5\n", ["--delimiter", "::", "--no-header", "--id", "1", "--text", "2"],
         ("1", "a")),
        ("a.csv", b"x,y\nx,y\nid,text\n1,a\n", ["--header-row", "3"], ("1", "a")),
        ("a.csv", b"1,a\n", ["--header-row", "0", "--text", "2", "--id", "1"], ("1", "a")),
        ("a.xlsx", write_xlsx({"x": [["n"], [1]], "y": [["id", "text"], [1, "a"]]}),
         ["--sheet", "y"], ("1", "a")),
        ("a.json", b'{"x": [{"n": 1}], "y": {"z": [{"id": 1, "text": "a"}]}}', ["--path", "y.z"],
         ("1", "a")),
        ("a.jsonl", b'{"key": {"n": [7, 8]}, "review": {"body": "a"}}\n',
         ["--text", "review.body", "--id", "key.n.1"], ("8", "a")),
        ("a.csv", b'id,data\n1,"{""text"": ""a""}"\n', ["--text", "data.text"], ("1", "a")),
        ("a.jsonl", b'{"ID": 1, "Text": "a"}\n', [], ("1", "a")),
    ],
)  # fmt: skip
def test_every_option_of_reading_reaches_the_reader(
    engine: Engine,
    tmp_path: Path,
    triage: Triage,
    name: str,
    content: bytes,
    options: list[str],
    stored: tuple[str, str],
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    ended = triage("ingest", str(path), "--run", "r", "--analyses", "qa", *options)
    assert ended.code == 0, ended.err
    (row,) = positions(engine, "r")
    assert (row.external_id, row.text) == stored
