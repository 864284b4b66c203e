"""`triage dead`: which documents failed, and why; their text only where it is asked for."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from sqlalchemy import Engine, select, update

from schema.database import writing
from schema.database.clock import after
from schema.tables import DeadLetter
from tests.support.console import Triage
from tests.support.ledger import make_run
from tests.support.working import work

MARKER = "the customer's own \x1b[31mwords\x1b]0;title\x07 " * 10
EXCERPT = "the customer's own  [31mwords ]0;title  "


@pytest.fixture
def run(engine: Engine) -> int:
    """A run with two dead letters in each of two analyses, the second document's the newest."""
    run = make_run(engine, ["a", MARKER, "c", "d"], ("sentiment", "summary"))
    work(engine, run, {MARKER, "d"})
    with writing(engine) as connection:
        for document, seconds in ((2, -30), (4, -60)):
            moment = connection.execute(select(after(seconds))).scalar_one()
            of = DeadLetter.document_id == document
            connection.execute(update(DeadLetter).where(of).values(failed_at=moment))
    return run


def test_none(engine: Engine, triage: Triage) -> None:
    make_run(engine, ["a"])
    assert triage("dead").out == "no dead letters\n"
    assert triage("dead", "--json").out == "[]\n"


def test_for_people(engine: Engine, triage: Triage, run: int) -> None:
    make_run(engine, ["a"], name="other")
    ended = triage("dead")
    assert (ended.code, ended.err) == (0, "")
    model = "(1 attempt, pocket/"
    failed = "ValueError: no tokens are left of it"
    lines = ended.out.splitlines()
    assert [line.split(model)[0] for line in lines] == [
        f"run run, sentiment, document 2 (id 1): {failed} ",
        f"run run, summary, document 2 (id 1): {failed} ",
        f"run run, sentiment, document 4 (id 3): {failed} ",
        f"run run, summary, document 4 (id 3): {failed} ",
    ]
    assert re.search(r"\(1 attempt, pocket/sentiment, \d{4}-\d\d-\d\d \d\d:\d\d UTC\)$", lines[0])
    assert "customer" not in ended.out
    assert triage("dead", "other").out == "no dead letters\n"
    shown = triage("dead", "--limit", "1")
    assert shown.err == "only the newest 1 of 4; all with --limit 0\n"
    shown = triage("dead", "--show-text", "--limit", "1")
    assert shown.out.splitlines()[1] == "    " + (EXCERPT * 3)[:79] + "…"


def test_for_programs(engine: Engine, triage: Triage, run: int) -> None:
    first, second = json.loads(triage("dead", "run", "--analysis", "summary", "--json").out)
    assert datetime.fromisoformat(first.pop("failed_at")) > datetime.fromisoformat(
        second.pop("failed_at")
    )
    assert first == {
        "run": "run",
        "analysis": "summary",
        "document": 2,
        "external_id": "1",
        "error": "ValueError",
        "message": "no tokens are left of it",
        "attempts": 1,
        "model": "pocket/summary",
    }
    assert second == first | {"document": 4, "external_id": "3"}
    ended = triage("dead", "run", "--limit", "1", "--json", "--show-text")
    (shown,) = json.loads(ended.out)
    assert shown["text"] == (EXCERPT * 3)[:79] + "…"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_in_a_sentence(engine: Engine, triage: Triage, run: int) -> None:
    for arguments, words in (
        (["rum"], "did you mean 'run'?"),
        (["--analysis", "mood"], "--analysis 'mood' is none; choose from language, sentiment"),
    ):
        for command in ("dead", "retry"):
            ended = triage(command, *arguments)
            assert (ended.code, ended.out) == (2, "")
            assert words in ended.err
