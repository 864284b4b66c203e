"""`triage ingest`: what it prints of what went in, of what it found, and of a dry run."""

from __future__ import annotations

import io
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine

from schema.broker.app import KEY_PREFIX
from tests.support.console import Triage
from tests.support.ingesting import check_run, positions, run_row, write_csv


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
