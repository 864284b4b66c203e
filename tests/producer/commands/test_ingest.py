"""`triage ingest`: what it prints, and how it ends."""

from __future__ import annotations

import io
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from sqlalchemy import Connection, Engine, text

from producer.ingest import Counts
from producer.ingest.storage.block import Block
from producer.ingest.storage.store_block import BlockStore
from schema.broker.app import KEY_PREFIX
from schema.database import writing
from tests.support.console import Triage
from tests.support.ingesting import check_run, positions, run_row, write_csv
from tests.support.workbooks import write_xlsx


def test_it_says_what_went_in_and_what_comes_next(
    engine: Engine, redis_url: str, tmp_path: Path, triage: Triage
) -> None:
    path = write_csv(tmp_path / "autumn.csv", [(1, "a"), (2, ""), (1, "a"), (3, "c")])
    first = triage("ingest", str(path), "--analyses", "qa,sentiment")
    found = re.match(r"run (autumn-[0-9a-f]{6}): ", first.out)
    assert found, first
    run = found[1]
    rejects = tmp_path / f"{run}.rejects.jsonl"
    assert first.out == (
        f"run {run}: read 4, stored 2, duplicate 1, rejected 1 → {rejects}\n"
        f"next: triage status {run}\n"
    )
    assert (first.code, first.err) == (0, "")
    check_run(engine, run)
    assert run_row(engine, run)["analyses"] == ["sentiment", "qa"]
    rejected = json.loads(rejects.read_text("utf-8"))
    assert (rejected["file"], rejected["line"]) == (str(path), 3)
    with redis.Redis.from_url(redis_url) as client:
        assert client.llen(f"{KEY_PREFIX}qa") == 1
        assert client.llen(f"{KEY_PREFIX}summary") == 0
    second = triage("ingest", str(path), "--analyses", "qa,sentiment")
    said = "read 4 (4 of them before), stored 0, duplicate 0, rejected 0"
    assert f"{said} → {rejects}\n" in second.out
    assert triage("verify", run).out.startswith(
        f"run {run}: ok: 4 read = 2 stored + 1 duplicate + 1 rejected; "
    )
    third = triage("ingest", str(path), "--run", "other")
    assert "stored 2 (2 known from earlier runs), duplicate 1" in third.out


def test_without_redis_the_jobs_wait(engine: Engine, tmp_path: Path, triage: Triage) -> None:
    path = write_csv(tmp_path / "a.csv", [(1, "a")])
    ended = triage("ingest", str(path), "--run", "r")
    assert ended.code == 0
    assert "there is no Redis yet" in ended.err
    check_run(engine, "r")


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


def test_what_was_found_and_not_said_is_printed(
    engine: Engine, redis_url: str, tmp_path: Path, triage: Triage
) -> None:
    path, other = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes("Report of May\n\nid;text\n1;Die Tür klemmt\n".encode("cp1252"))
    other.write_bytes(b"")
    said = [
        f"{path} is not UTF-8 and is read as cp1252; if that is wrong, give --encoding",
        f"{path}: the header is taken to be in line 3",
        f"passed over: {other} is empty (0 bytes)",
    ]
    ended = triage("ingest", str(path), str(other), "--run", "r", "--analyses", "qa")
    assert ended.err.splitlines() == said
    assert [row.text for row in positions(engine, "r")] == ["Die Tür klemmt"]
    dry = triage("ingest", str(path), str(other), "--dry-run")
    assert dry.err.splitlines() == said


def test_a_column_that_is_met_far_down_is_used(
    engine: Engine, tmp_path: Path, triage: Triage
) -> None:
    path = tmp_path / "a.jsonl"
    lines = [{"id": n, "stars": 1} for n in range(300)]
    late = {"id": 300, "text": "late", "created_at": "2026-03-14T10:00:00Z"}
    path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, late]))
    ended = triage("ingest", str(path), "--run", "r", "--analyses", "qa")
    assert "read 301, stored 1, duplicate 0, rejected 300" in ended.out
    (row,) = positions(engine, "r")
    assert (row.text, row.time) == ("late", datetime(2026, 3, 14, 10, tzinfo=UTC))


def test_standard_input(engine: Engine, triage: Triage, monkeypatch: pytest.MonkeyPatch) -> None:
    written = b'{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n'
    other = b'{"id": 3, "text": ""}\n{"id": 2, "text": "b"}\n'
    for content, expected in (
        (written, "read 2, stored 2, duplicate 0, rejected 0"),
        (written, "read 2 (2 of them before), stored 0, duplicate 0, rejected 0"),
        # What comes through a pipe next is known by its first row.
        (other, "read 2, stored 0, duplicate 1, rejected 1"),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        ended = triage("ingest", "-")
        assert re.match(rf"run stdin-[0-9a-f]{{6}}: {re.escape(expected)}( → .*)?\n", ended.out)


def test_a_dry_run_says_what_it_saw(
    tmp_path: Path, triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    path = write_csv(tmp_path / "a.csv", [(n, "words" if n else "") for n in range(3)])
    ended = triage("ingest", str(path), "--dry-run")
    assert ended.code == 0
    assert ended.out == (
        f"{path}:\n"
        "  role      column  why                          runner-up\n"
        "  text      text    its name is usual for texts\n"
        "  title     –       no column looks like it\n"
        "  id        id      its name is usual for it\n"
        "  time      –       no column looks like it\n"
        "  rating    –       no column looks like it\n"
        "  language  –       no column looks like it\n"
        "  product   –       no column looks like it\n"
        "  source    –       no column looks like it\n"
        "  the first documents:\n"
        "    id=1, text=(5 characters: --show-text)\n"
        "    id=2, text=(5 characters: --show-text)\n"
        f"  the same as a command: triage ingest {path} --text text --id id --time '' "
        "--language '' --product '' --rating '' --title ''\n"
        "  the same as a recipe (--save-recipe FILE writes it):\n"
        "    [columns]\n"
        '    text = "text"\n'
        '    id = "id"\n'
        '    time = ""\n'
        '    language = ""\n'
        '    product = ""\n'
        '    rating = ""\n'
        '    title = ""\n'
        "dry run: read 3, good 2, rejected 1\n"
        "  1 × empty\n"
        f"  {path}, line 2: empty: no text in column 'text'\n"
    )
    assert ended.err == ""
    path = write_csv(tmp_path / "b.csv", [("a",)], "text")
    assert f"{path} has no id column" in triage("ingest", str(path), "--dry-run").err
    assert triage("ingest", str(path), "--dry-run", "--id", "").err == ""


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
