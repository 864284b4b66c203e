"""Ingestions into one database at the same time."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from producer.ingest import Counts
from schema.analyses import ANALYSES
from schema.database import open_engine, reading
from schema.ledger.delete import Deleted, begin_deletion, delete_run
from schema.status.runs import find_run
from schema.verification import verify
from tests.support.ingesting import (
    check_run,
    counted,
    jobs,
    positions,
    run_ingest,
    run_row,
    undisturbed,
    write_csv,
)

pytestmark = pytest.mark.slow

_processes = multiprocessing.get_context("fork")


def _ingest(
    url: str, path: Path, run: str, start: Any, answers: multiprocessing.Queue[Counts]
) -> None:
    engine = open_engine(url)
    start.wait()
    answers.put(run_ingest(engine, path, run=run, block_size=20).counts)


def _at_once(url: str, work: list[tuple[Path, str]]) -> Counts:
    """Ingest each in a process of its own, all from one moment on; gives the sum of counts."""
    start = _processes.Barrier(len(work))
    answers = _processes.Queue()
    started = [
        _processes.Process(target=_ingest, args=(url, path, run, start, answers))
        for path, run in work
    ]
    for process in started:
        process.start()
    total = Counts()
    for _ in started:
        total.add(answers.get(timeout=120))
    for process in started:
        process.join()
        assert process.exitcode == 0
    return total


def test_the_same_ingestion_twice_at_once(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    rows = [(n, f"text {n}" if n % 9 else "") for n in range(300)]
    path = write_csv(tmp_path / "a.csv", rows)
    expected = undisturbed(tmp_path / "undisturbed", path, run="r", block_size=20)
    total = _at_once(database_url, [(path, "r")] * 2)
    check_run(engine, "r")
    stored = run_row(engine, "r")["stored"]
    assert (total.stored, total.duplicate, total.rejected, total.known) == (stored, 0, 34, 0)
    assert (total.before, total.rejected_before) == (300, 34)
    assert counted(engine, "r") == (300, stored, 0, 34)
    assert sorted(row[1:4] for row in positions(engine, "r")) == sorted(
        row[1:4] for row in expected[0]
    )
    # Nobody has named what replies are taken from.
    analyses = [name for name in ANALYSES if name != "reply"]
    assert sum(end - first for _, first, end in jobs(engine, "r")) == len(analyses) * stored
    rejects = (tmp_path / "r.rejects.jsonl").read_text("utf-8").splitlines()
    assert sorted(json.loads(line)["line"] for line in rejects) == [2 + 9 * n for n in range(34)]


def test_runs_that_share_documents_at_once(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    rows = [(n, f"text {n}") for n in range(300)]
    (tmp_path / "backwards").mkdir()
    one = write_csv(tmp_path / "a.csv", rows)
    other = write_csv(tmp_path / "backwards" / "a.csv", rows[::-1])
    total = _at_once(database_url, [(one, "one"), (other, "other")])
    assert total == Counts(stored=600, known=300)
    check_run(engine, "one")
    check_run(engine, "other")
    ours, theirs = (positions(engine, run) for run in ("one", "other"))
    assert [row[1:] for row in ours] == [row[1:] for row in theirs[::-1]]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_documents_whose_run_is_deleted_meanwhile_are_stored_anew(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    """Between the statement that finds them known and the next one."""
    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(7)])
    run_ingest(engine, path, run="old")
    with reading(engine) as connection:
        old = find_run(connection, "old")
    others = open_engine(database_url)
    deleted: list[Deleted] = []

    def act(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FROM staged AS s" in statement and not deleted:
            begin_deletion(others, old)
            deleted.extend(delete_run(others, old))

    event.listen(engine, "before_cursor_execute", act)
    try:
        assert run_ingest(engine, path, run="new").counts == Counts(stored=7)
    finally:
        event.remove(engine, "before_cursor_execute", act)
        others.dispose()
    assert deleted[-1].documents == 7
    check_run(engine, "new")
    assert verify(engine) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_documents_that_another_run_stores_after_they_were_looked_for(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(7)])
    others = open_engine(database_url)
    stored: list[Counts] = []

    def act(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "nextval" in statement and not stored:
            stored.append(Counts())
            stored.append(run_ingest(others, path, run="other").counts)

    event.listen(engine, "before_cursor_execute", act)
    try:
        assert run_ingest(engine, path, run="new").counts == Counts(stored=7, known=7)
    finally:
        event.remove(engine, "before_cursor_execute", act)
        others.dispose()
    assert stored[1:] == [Counts(stored=7)]
    check_run(engine, "new")
    assert verify(engine) == []


def test_a_run_is_deleted_while_its_documents_come_in_again(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(300)])
    run_ingest(engine, path, run="old")
    with reading(engine) as connection:
        old = find_run(connection, "old")
    start = _processes.Barrier(2)
    answers = _processes.Queue()
    process = _processes.Process(target=_ingest, args=(database_url, path, "new", start, answers))
    process.start()
    start.wait()
    begin_deletion(engine, old)
    for _ in delete_run(engine, old):
        pass
    assert answers.get(timeout=120).stored == 300
    process.join()
    check_run(engine, "new")
    assert verify(engine) == []
