"""`triage delete`: what it says, what it asks, and the file of rejected rows."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from producer.ingest import IngestError
from schema.database import reading, writing
from schema.ledger.delete import begin_deletion
from schema.settings import settings
from schema.status.runs import find_run
from schema.tables import DocumentRow, Run
from tests.support.console import Triage
from tests.support.ingesting import run_ingest, write_csv
from tests.support.ledger import make_run
from tests.support.working import work

MARKER = "the customer's own words"


def test_what_it_says(engine: Engine, triage: Triage, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [(1, MARKER), (2, ""), (3, f"{MARKER} 3")])
    run_ingest(engine, path, run="first", analyses="sentiment,entities")
    run_ingest(
        engine, write_csv(tmp_path / "b.csv", [(3, f"{MARKER} 3")]), run="second", source="a"
    )
    with reading(engine) as connection:
        run = find_run(connection, "first")
    work(engine, run, {MARKER})
    rejects = tmp_path / "first.rejects.jsonl"
    assert rejects.exists()
    counts = (
        "run first: documents 1, 1 more stay in other runs; languages 0, sentiments 1, entities 2, "
        "answers 0, summaries 0, translations 0, embeddings 0, intents 0, replies 0, "
        "classifications 0, empty results 0, dead letters 2, abstentions 0; jobs 2; "
        "the file of its rejected rows\n"
    )
    ended = triage("delete", "first", "--dry-run")
    assert (ended.code, ended.out) == (0, f"would be deleted: {counts}")
    ended = triage("delete", "first")
    assert (ended.code, ended.out) == (2, "")
    assert "nobody can be asked here: look with --dry-run, then say --yes" in ended.err
    assert rejects.exists()
    ended = triage("delete", "first", "--yes")
    assert (ended.code, ended.err) == (0, "")
    said, space = ended.out.splitlines(keepends=True)
    assert said == f"deleted: {counts}"
    assert "VACUUM" in space
    assert not rejects.exists()
    assert MARKER not in ended.out
    with reading(engine) as connection:
        assert connection.execute(select(func.count(DocumentRow.id))).scalar_one() == 1
        assert connection.execute(select(Run.name)).scalars().all() == ["second"]
    assert triage("verify").code == 0
    ended = triage("delete", "first", "--yes")
    assert (ended.code, ended.out) == (2, "")
    assert "no run is named 'first'" in ended.err
    # Its name is free again.
    assert run_ingest(engine, path, run="first").counts.read == 3


def test_while_it_is_deleted(engine: Engine, triage: Triage, tmp_path: Path) -> None:
    """As a deletion that was killed leaves it: nothing comes in, and everybody says so."""
    path = write_csv(tmp_path / "a.csv", [(1, "a")])
    run_ingest(engine, path, run="run")
    other = make_run(engine, ["b"], name="other")
    work(engine, other)
    with reading(engine) as connection:
        begin_deletion(engine, find_run(connection, "run"))
    with pytest.raises(IngestError, match="run run is cancelled and takes no more rows"):
        run_ingest(engine, path, run="run")
    assert "deleting" in triage("status").out
    ended = triage("verify", "run")
    assert (ended.code, ended.out) == (2, "")
    assert "run run is being deleted; go on with: triage delete run" in ended.err
    assert triage("verify").out.startswith("run other: ok")
    assert triage("archive", "run").code == 2
    assert triage("delete", "run", "--yes").code == 0
    assert "deleting" not in triage("status").out


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rejects_that_are_elsewhere_are_said(engine: Engine, triage: Triage) -> None:
    make_run(engine, ["a"])
    gone = [
        {"host": socket.gethostname(), "path": "/nowhere/run.rejects.jsonl"},
        {"host": "another", "path": "/data/run.rejects.jsonl"},
    ]
    with writing(engine) as connection:
        connection.execute(update(Run).values(read=3, rejected=2, rejects_files=gone))
    ended = triage("delete", "run", "--yes")
    assert ended.code == 1
    assert ended.out.startswith("deleted: run run: documents 1, ")
    here, there = ended.err.splitlines()
    assert here.startswith("/nowhere/run.rejects.jsonl, rejected rows of run run, is not there")
    assert there == "rejected rows of run run are on host another: delete the file there"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rejects_are_deleted_from_any_folder(
    engine: Engine, triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_ingest(engine, write_csv(tmp_path / "a.csv", [(1, "a"), (2, "")]), run="run")
    rejects = tmp_path / "run.rejects.jsonl"
    assert rejects.exists()
    monkeypatch.setenv("TRIAGE_REJECTS", str(tmp_path / "elsewhere"))
    settings.cache_clear()
    assert triage("delete", "run", "--yes").code == 0
    assert not rejects.exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_says_no_deletes_nothing(
    engine: Engine, triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run(engine, ["a"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", _no)
    assert triage("delete", "run").code != 0
    with reading(engine) as connection:
        assert connection.execute(select(Run.cancelled_at)).scalar_one() is None


def _no(question: str, abort: bool, err: bool) -> None:
    assert question.startswith("to be deleted for good: run run: documents 1, ")
    assert abort and not err
    raise SystemExit(1)
