"""`triage ingest`: how it ends, in one sentence, one object and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from producer.ingest import Counts
from producer.ingest.storage.block import Block
from producer.ingest.storage.store_block import BlockStore
from schema.database import writing
from tests.support.console import Triage
from tests.support.ingesting import check_run, write_csv


def test_what_cannot_be_done_is_one_sentence_and_exit_2(
    sqlite_url: str, tmp_path: Path, triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(write_csv(tmp_path / "a.csv", [(1, "")]))
    monkeypatch.setenv("TRIAGE_DATABASE_URL", sqlite_url)
    (tmp_path / "empty").mkdir()
    assert "has no tables yet; run: triage init" in triage("ingest", path).err
    assert triage("init").code == 0
    for arguments, said in (
        ([path, "--text", "foo"], "has no column 'foo' (--text); its columns are: id, text"),
        ([str(tmp_path / "gone.csv")], "gone.csv does not exist"),
        ([str(tmp_path / "empty")], "is a folder without"),
        ([path, "--translate-to", "fr"], "only into de"),
    ):
        ended = triage("ingest", *arguments)
        assert (ended.code, ended.out) == (2, "")
        assert said in ended.err
        assert ended.err.count("\n") == 1
    ended = triage("ingest", path, "--run", "r")
    assert ended.code == 3
    assert "read 1, stored 0" in ended.out
    assert f"every row was rejected; the reasons are in {tmp_path}/r.rejects.jsonl" in ended.err


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_copy_that_postgresql_breaks_off_is_one_sentence_without_its_rows(
    engine: Engine, tmp_path: Path, triage: Triage
) -> None:
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE run_documents ADD CHECK (position < 0)"))
    path = write_csv(tmp_path / "a.csv", [(1, "a")])
    ended = triage("ingest", str(path), "--run", "r")
    assert (ended.code, ended.out) == (2, "")
    assert 'the database failed: new row for relation "run_documents" violates' in ended.err
    # DETAIL and CONTEXT, which quote rows, come after it.
    assert ended.err.count("\n") == 1


def test_for_programs_it_is_one_object(engine: Engine, tmp_path: Path, triage: Triage) -> None:
    rows = [(n, f"text {n}", *(["one", "more"] if n in (4, 5) else [])) for n in range(20)]
    good = write_csv(tmp_path / "a.csv", [*rows, (20, "")])
    (tmp_path / "b.csv").write_text("")
    (tmp_path / "c.csv").write_text("id,words\n1,a\n")
    files = [str(tmp_path / f"{name}.csv") for name in "abc"]
    ended = triage("ingest", *files, "--run", "r", "--json")
    said = json.loads(ended.out)
    assert (ended.code, said["exit"], said["run"], said["error"]) == (3, 3, "r", None)
    counts = {name: said[name] for name in ("read", "stored", "updated", "duplicate", "rejected")}
    assert counts == {"read": 21, "stored": 18, "updated": 0, "duplicate": 0, "rejected": 3}
    assert said["rejects"] == str(tmp_path / "r.rejects.jsonl")
    assert {one["file"]: (one["state"], one["rows"]) for one in said["files"]} == {
        files[0]: ("read", 21),
        files[1]: ("empty", 0),
        files[2]: ("failed", 0),
    }
    (failure,) = said["failures"]
    assert failure["file"] == files[2] and "no column looks like the text" in failure["reason"]
    assert f"passed over: {files[1]} is empty" in ended.err
    assert f"failed: {files[2]}: no column" in ended.err
    # Two bad rows of 21, and one without a text, are no failure, unless they are said to be one.
    for arguments, code in ((), 0), (("--max-rejected", "9"), 3), (("--max-rejected", "10"), 0):
        ended = triage("ingest", str(good), "--run", "r", "--json", *arguments)
        assert (ended.code, json.loads(ended.out)["exit"]) == (code, code)
    ended = triage("ingest", files[2], "--json")
    said = json.loads(ended.out)
    assert (ended.code, said["exit"], said["failures"]) == (2, 2, [])
    assert "no column looks like the text" in said["error"] and said["error"] in ended.err
    # A dry run has no such object; whoever parses what it prints would get none.
    ended = triage("ingest", str(good), "--dry-run", "--json")
    said = json.loads(ended.out)
    assert (ended.code, said["exit"], said["run"]) == (2, 2, None)
    assert ended.err == f"triage: {said['error']}\n"
    assert "--dry-run does nothing; leave one of them out" in said["error"]


def test_a_database_that_is_away_is_worth_trying_again(
    tmp_path: Path, triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    path = write_csv(tmp_path / "a.csv", [(1, "a")])
    for command in (("ingest", str(path)), ("status",)):
        ended = triage(*command)
        assert (ended.code, ended.out) == (75, "")
        assert "check TRIAGE_DATABASE_URL" in ended.err
    assert json.loads(triage("ingest", str(path), "--json").out)["exit"] == 75


def test_ctrl_c_says_what_is_stored(
    engine: Engine, tmp_path: Path, triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(50)])
    monkeypatch.setenv("TRIAGE_BLOCK_SIZE", "20")
    stored: list[int] = []
    store = BlockStore.store

    def interrupted(self: BlockStore, connection: Connection, block: Block) -> Counts:
        if len(stored) == 2:
            raise KeyboardInterrupt
        stored.append(len(block))
        return store(self, connection, block)

    monkeypatch.setattr(BlockStore, "store", interrupted)
    ended = triage("ingest", str(path), "--run", "r", "--json")
    said = "interrupted: 40 rows of run r are read, 40 of them stored; the same command goes on"
    assert ended.code == 130
    assert ended.err.splitlines()[-1] == said
    assert json.loads(ended.out) | {"run": "r", "exit": 130, "error": said} == json.loads(ended.out)
    stored.append(0)
    assert triage("ingest", str(path), "--run", "r").code == 0
    check_run(engine, "r")
    stored[:] = [0, 0]
    ended = triage("ingest", str(path), "--run", "other")
    assert (ended.code, ended.out) == (130, "")
    assert "0 rows of run other are read" in ended.err
