"""`triage export`: views and reports as CSV, JSON Lines and Parquet, the same rows in each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, text

from producer.errors import UsageError
from producer.export import parquet
from producer.export.parquet import write_parquet
from schema.database import writing
from schema.reports import ReportRows
from schema.views import VIEWS
from tests.support.console import Triage
from tests.support.two_runs import add_draft, add_intents, seed


def test_list(triage: Triage) -> None:
    listed = triage("export")
    assert listed.code == 0
    assert all(f" {view.name} " in listed.out for view in VIEWS)
    assert " sentiment-by-day " in listed.out


def test_the_formats_say_the_same(engine: Engine, triage: Triage, tmp_path: Path) -> None:
    seed(engine)
    lines = [
        json.loads(line)
        for line in triage("export", "v_documents", "--format", "jsonl").out.splitlines()
    ]
    assert [line["id"] for line in lines] == [1, 2, 3, 4, 5]
    assert lines[2]["metadata"] == {"resolved": "Yes", "store": "Bonn"}
    table = list(csv.DictReader(io.StringIO(triage("export", "v_documents").out, newline="")))
    assert [row["text"] for row in table] == [line["text"] for line in lines]
    file = tmp_path / "documents.parquet"
    ended = triage("export", "v_documents", "--output", str(file))
    assert ended.out == f"5 rows of v_documents are in {file}\n"
    rows = pq.read_table(file).to_pylist()
    assert [row["text"] for row in rows] == [line["text"] for line in lines]
    first = rows[0]
    assert first["time"] == datetime(2026, 10, 5, 23, 30, tzinfo=UTC)
    assert (first["day"], first["unsure"], first["rating"]) == (date(2026, 10, 5), False, None)
    assert json.loads(rows[2]["metadata"]) == {"resolved": "Yes", "store": "Bonn"}


@pytest.mark.parametrize("name", [view.name for view in VIEWS])
def test_parquet_has_the_documented_types(
    engine: Engine, triage: Triage, tmp_path: Path, name: str
) -> None:
    """Also of a column that has no value at all, and in a file without rows."""
    types = {"integer": "int64", "number": "double", "text": "string", "boolean": "bool"}
    types |= {"date": "date32[day]", "time": "timestamp[us, tz=UTC]", "json": "string"}
    for file, fill in ((tmp_path / "none.parquet", False), (tmp_path / "some.parquet", True)):
        if fill:
            run, _ = seed(engine)
            add_intents(engine, run, 1, ["complaint"])
            add_draft(engine, run, 1)
        assert triage("export", name, "--output", str(file)).code == 0
        (view,) = (view for view in VIEWS if view.name == name)
        found = pq.read_table(file)
        assert bool(found.num_rows) == fill
        assert {one.name: str(one.type) for one in found.schema} == {
            column.name: types[column.kind] for column in view.columns
        }


def test_what_is_chosen(engine: Engine, triage: Triage) -> None:
    seed(engine)

    def ids(view: str, *options: str) -> list[int]:
        column = "id" if view == "v_documents" else "document_id"
        shown = triage("export", view, "--format", "jsonl", *options).out.splitlines()
        return sorted(json.loads(line)[column] for line in shown)

    assert ids("v_documents", "--since", "2026-10-06") == [3, 5]
    assert ids("v_documents", "--until", "2026-10-05") == [1, 2]
    assert ids("v_documents", "--where", "metadata.store=Bonn") == [3]
    assert ids("v_documents", "--where", "resolved=Yes", "--where", "product=Kettle") == []
    assert ids("v_documents", "--run", "again") == [1, 2]
    assert ids("v_mentions", "--where", "product=Toaster") == [3, 3]
    assert ids("v_answers", "--where", "polarity=neutral") == [4]
    assert set(ids("v_results_current", "--where", "language=de")) == {3}
    entities = triage("export", "v_entities", "--format", "jsonl", "--where", "product=Toaster")
    assert [json.loads(line)["documents"] for line in entities.out.splitlines()] == [1]
    report = triage("export", "sentiment-by-product", "--format", "jsonl", "--limit", "1").out
    assert json.loads(report)["negative_high"] == 100.0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_in_a_sentence(
    engine: Engine, triage: Triage, tmp_path: Path
) -> None:
    seed(engine)
    for arguments, words in (
        (["v_document"], "did you mean 'v_documents'?"),
        (["v_documents", "--format", "parquet"], "say which with --output"),
        (["v_documents", "--since", "autumn"], "--since must be a day, as in 2026-10-01"),
        (["v_documents", "--since", "2026-10-02", "--until", "2026-10-01"], "must lie behind"),
        (["runs", "--where", "product=Mug"], "on runs, not on documents"),
        (["v_documents", "--output", str(tmp_path / "no" / "a.csv")], "cannot write"),
    ):
        ended = triage("export", *arguments)
        assert (ended.code, ended.out) == (2, ""), arguments
        assert words in ended.err
        assert "Traceback" not in ended.err
    assert not [one for one in tmp_path.iterdir() if one.suffix == ".csv"]


def test_columns_that_are_of_no_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They have the type of their values, and one that changes it is named."""
    monkeypatch.setattr(parquet, "ROW_GROUP", 2)
    file = tmp_path / "a.parquet"
    rows = [(1, 1.5, None, "a"), (2, 2, None, None), (None, None, 7, "b")]
    assert write_parquet(ReportRows(("n", "x", "late", "t"), iter(rows)), file) == 3
    read = pq.read_table(file)
    assert [str(one.type) for one in read.schema] == ["int64", "double", "string", "string"]
    assert read.to_pylist()[2] == {"n": None, "x": None, "late": "7", "t": "b"}
    assert pq.ParquetFile(file).num_row_groups == 2
    mixed = ReportRows(("n",), iter([(1,), (2,), ("three",)]))
    with pytest.raises(UsageError, match="the column n has values of several types"):
        write_parquet(mixed, tmp_path / "b.parquet")


def test_parquet_is_written_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more rows are in memory than a row group has, however many there are."""
    monkeypatch.setattr(parquet, "ROW_GROUP", 2)
    seen: list[tuple[int, int]] = []
    produced = 0

    def rows() -> Iterator[tuple[int]]:
        nonlocal produced
        for number in range(5):
            produced += 1
            yield (number,)

    def record(block: list[tuple[int]], schema: Any) -> Any:
        seen.append((len(block), produced))
        return make_table(block, schema)

    make_table = parquet._table
    monkeypatch.setattr(parquet, "_table", record)
    assert write_parquet(ReportRows(("n",), rows()), tmp_path / "a.parquet") == 5
    assert seen == [(2, 2), (2, 4), (1, 5)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_report_writes_nothing(
    engine: Engine, triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_REPORTS", str(tmp_path))
    with writing(engine) as connection:
        connection.execute(text("CREATE SEQUENCE numbers"))
    (tmp_path / "evil.sql").write_text("-- Counts on\nSELECT nextval('numbers') AS a", "utf-8")
    ended = triage("report", "evil")
    assert ended.code == 2
    assert "the report evil would write to the database" in ended.err
