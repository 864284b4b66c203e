"""`triage forget`: a customer's documents, results and rejected rows go, and it says which."""

from __future__ import annotations

import fcntl
import io
import json
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from producer.ingest.readers.row import Reject
from schema.database import reading, writing
from schema.ledger import forget as forget_module
from schema.ledger.forget import Which, find_forgettable
from schema.tables import DocumentRow, Run, RunState
from schema.verification import verify
from tests.support.console import Triage
from tests.support.feedback import ALL
from tests.support.ledger import make_run
from tests.support.working import work

MARKER = "the customer's own words, which nobody may find again"


@pytest.fixture
def run(engine: Engine) -> int:
    """A run with two documents of customer 4711, one of them a dead letter everywhere."""
    run = make_run(engine, ["a", MARKER, "c", "d"], ALL)
    work(engine, run, {MARKER})
    with writing(engine) as connection:
        values = {"extra": {"customer": "4711"}}
        connection.execute(update(DocumentRow).where(DocumentRow.id <= 2).values(values))
    return run


def write_rejects(folder: Path, run: str, rows: list[Any]) -> Path:
    path = folder / f"{run}.rejects.jsonl"
    path.write_text("".join(Reject("f", 1, "r", row).as_json() + "\n" for row in rows), "utf-8")
    path.chmod(0o600)
    return path


def test_everything_of_a_customer(engine: Engine, triage: Triage, run: int, tmp_path: Path) -> None:
    rows = [{"customer": "4711", "text": MARKER}, {"customer": "12", "text": "4711"}]
    path = write_rejects(tmp_path, "run", [*rows, ["4711", MARKER], f"4711,{MARKER}", "14711"])
    where = ("forget", "--where", "customer=4711")
    counts = (
        "documents 2, places in runs 2; languages 0, sentiments 1, entities 2, answers 1, "
        "summaries 1, translations 1, embeddings 0, intents 0, replies 0, "
        "classifications 0; dead letters 5; rejected rows 3\n"
    )
    before = path.read_bytes()
    assert triage(*where, "--dry-run").out == f"would be deleted: {counts}"
    facts = json.loads(triage(*where, "--dry-run", "--json").out)
    assert facts["said"] + "\n" == f"would be deleted: {counts}"
    assert (facts["deleted"], facts["documents"], facts["rejected_rows"]) == (False, 2, 3)
    assert (facts["rows"]["entities"], facts["rows"]["dead_letters"], facts["left"]) == (2, 5, [])
    assert path.read_bytes() == before
    assert find_forgettable(engine, Which("customer", "4711")).documents == 2
    ended = triage(*where, "--yes")
    assert (ended.code, ended.err) == (0, "")
    said, *more = ended.out.splitlines()
    assert said + "\n" == f"deleted: {counts}"
    assert ["VACUUM" in line for line in more] == [True] * (engine.dialect.name == "postgresql")
    assert verify(engine) == []
    assert "4 stored (2 forgotten since)" in triage("verify").out
    assert "stored 4 (2 forgotten since)" in triage("status", "run").out
    left = [json.loads(line)["row"] for line in path.read_text("utf-8").splitlines()]
    assert left == [rows[1], "14711"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.glob(".*rejects*")] == []
    ended = triage(*where, "--yes", "--json")
    assert (ended.code, json.loads(ended.out)["deleted"]) == (0, False)
    if engine.dialect.name == "sqlite":
        for file in tmp_path.rglob("*"):
            assert not file.is_file() or MARKER.encode() not in file.read_bytes(), file


def test_by_external_id(engine: Engine, triage: Triage, run: int, tmp_path: Path) -> None:
    rows = [{"ticket": 1, "source": "elsewhere"}, {"ticket": 1}, {"ticket": "11"}, {"n": {"a": 1}}]
    path = write_rejects(tmp_path, "run", rows)
    ended = triage("forget", "--external-id", "1", "--source", "shop", "--yes")
    assert "documents 0," in ended.out
    assert "rejected rows 1\n" in ended.out
    ended = triage("forget", "--external-id", "1", "--yes")
    assert "documents 1," in ended.out
    assert "dead letters 5; rejected rows 1\n" in ended.out
    left = [json.loads(line)["row"] for line in path.read_text("utf-8").splitlines()]
    assert left == rows[2:]
    assert verify(engine) == []


def test_files_of_runs_that_take_rows_in_are_left_alone(
    engine: Engine, triage: Triage, run: int, tmp_path: Path
) -> None:
    with writing(engine) as connection:
        connection.execute(update(Run).values(state=RunState.INGESTING))
    path = write_rejects(tmp_path, "run", [{"customer": "4711"}])
    before = path.read_bytes()
    ended = triage("forget", "--where", "customer=4711", "--yes")
    assert "documents 2," in ended.out
    assert "run.rejects.jsonl has rows of it too, but the run still takes rows in" in ended.err
    assert ended.code == 1
    assert path.read_bytes() == before


class Terminal(io.StringIO):
    """Somebody who types an answer."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_a_terminal_it_asks(
    engine: Engine, triage: Triage, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer, code, left in (("n\n", 1, 2), ("\n", 1, 2), ("y\n", 0, 0)):
        monkeypatch.setattr("sys.stdin", Terminal(answer))
        ended = triage("forget", "--where", "customer=4711")
        assert ended.code == code
        assert "to be deleted for good: documents 2, " in ended.out
        assert ("[y/N]: deleted: documents 2, " in ended.out.replace("\n", "")) == (code == 0)
        assert find_forgettable(engine, Which("customer", "4711")).documents == left


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_in_a_sentence(
    engine: Engine, triage: Triage, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    for arguments, words in (
        ([], "either --external-id X or --where KEY=VALUE"),
        (["--external-id", "1", "--where", "a=b"], "either --external-id X or --where KEY=VALUE"),
        (["--where", "customer"], "--where 'customer' is not of the form KEY=VALUE"),
        (["--where", "=4711"], "is not of the form KEY=VALUE"),
        (["--where", "customer="], "is not of the form KEY=VALUE"),
        (["--external-id", "1"], "nobody can be asked here"),
    ):
        ended = triage("forget", *arguments)
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err
    assert find_forgettable(engine, Which("customer", "4711")).documents == 2


def test_what_a_reader_kept_is_deleted_by_the_next_run(
    sqlite_engine: Engine, triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def holding() -> set[str]:
        return {one.name for one in tmp_path.iterdir() if MARKER.encode() in _content(one)}

    monkeypatch.setattr(forget_module, "LOG_PATIENCE", 1)
    make_run(sqlite_engine, [MARKER])
    assert forget_module.empty_log(sqlite_engine)
    where = ("forget", "--external-id", "0", "--yes")
    with reading(sqlite_engine) as reader:
        reader.execute(select(DocumentRow.id)).all()
        ended = triage(*where)
        assert ended.out.startswith("deleted: documents 1,")
        for _ in range(2):
            assert "its files may still hold the text of documents that were deleted" in ended.err
            assert holding() == {"triage.db"}
            ended = triage(*where)
            assert (ended.code, ended.out[:17]) == (0, "nothing to delete")
        reader.rollback()
    assert triage(*where, "--dry-run").err == ""
    assert holding() == {"triage.db"}
    ended = triage(*where)
    assert (ended.code, ended.out[:17], ended.err) == (0, "nothing to delete", "")
    assert holding() == set()


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def test_files_that_cannot_be_written_are_said_in_a_sentence(
    sqlite_engine: Engine, triage: Triage, tmp_path: Path
) -> None:
    make_run(sqlite_engine, [MARKER * 20] * 100)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The log is larger than the database, which cannot grow to hold it.
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "triage.db").stat().st_size, before[1]))
    try:
        ended = triage("forget", "--external-id", "nobody", "--yes")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (ended.code, ended.err) == (75, "triage: the database failed: disk I/O error\n")
    assert triage("forget", "--external-id", "nobody", "--yes").code == 0
    assert verify(sqlite_engine) == []


def test_what_a_killed_one_has_left_is_swept(
    sqlite_engine: Engine, triage: Triage, tmp_path: Path
) -> None:
    others = [{"customer": "12", "text": MARKER}]
    path = write_rejects(tmp_path, "run", [{"customer": "4711"}, *others])
    path.chmod(0o640)
    where = ("forget", "--where", "customer=4711", "--yes")
    killed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, signal, sys; from producer.console import main\n"
            "os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
            "sys.argv[0] = 'triage'; main()",
            *where,
        ],
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.glob(".run.rejects.jsonl.*")
    assert MARKER in left.read_text("utf-8")
    written = tmp_path / ".run.rejects.jsonl.abcd1234"
    written.touch()
    backup = tmp_path / ".run.rejects.jsonl.bak"
    backup.touch()
    with written.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "rejected rows 1\n" in triage(*where[:-1], "--dry-run").out
        assert left.exists()
        assert "rejected rows 1\n" in triage(*where).out
        assert {*tmp_path.glob(".run.*")} == {written, backup}
    assert [json.loads(line)["row"] for line in path.read_text("utf-8").splitlines()] == others
    assert path.stat().st_mode & 0o777 == 0o640
    assert "nothing to delete" in triage(*where).out
    assert {*tmp_path.glob(".run.*")} == {backup}
