"""`triage urgent`: what it shows, and what it says is not known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from schema.database import reading, writing
from schema.tables import RollupUrgentBlock
from tests.support.console import Triage
from tests.support.feedback import add_document, add_result, add_run, add_to_run

KETTLE = {"source": "app", "product": "Kettle", "rating": 1, "rating_scale": 5}


def fill(engine: Engine, *, intents: bool) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "autumn")
        text = "It caught fire \x1b[31mtwice."
        burnt = add_document(connection, 1, text, "2026-10-05T10:00:00Z", **KETTLE)
        copy = add_document(connection, 2, text.upper(), "2026-10-04T10:00:00Z", **KETTLE)
        fine = add_document(connection, 3, "Never again without it.", "2026-10-05T10:00:00Z")
        add_to_run(connection, run, [burnt, copy, fine])
        if intents:
            row = {"label": "NEGATIVE", "polarity": "negative"}
            add_result(connection, "sentiment", run, burnt, **row)
            add_result(connection, "intent", run, burnt, intent="complaint")


def test_reasons_and_quotes_are_shown(engine: Engine, triage: Triage) -> None:
    fill(engine, intents=True)
    ended = triage("urgent")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == (
        "1. urgency 9 · document 1 · app · 1 · 2026-10-05 · Kettle · rating 1/5 · 2 copies"
    )
    assert lines[1] == "   safety or injury; negative; lowest rating; complaint"
    assert lines[2].startswith("   safety 3-14: It caught fire") and "\x1b" not in ended.out
    assert len(lines) == 3


def test_it_says_what_was_not_analysed(engine: Engine, triage: Triage) -> None:
    fill(engine, intents=False)
    ended = triage("urgent", "autumn")
    assert "intent was not analysed" in ended.err and "sentiment was not analysed" in ended.err
    assert "urgency 7" in ended.out
    assert triage("urgent", "--since", "2026-10-06").out == "nothing is urgent\n"
    assert triage("urgent", "spring").code == 2


def test_it_is_exported(engine: Engine, triage: Triage, tmp_path: Path) -> None:
    fill(engine, intents=True)
    (row,) = json.loads(triage("urgent", "--format", "json").out)
    assert (row["document"], row["copies"], row["urgency"]) == (1, 2, 9)
    file = tmp_path / "urgent.csv"
    assert triage("urgent", "--format", "csv", "--output", str(file)).code == 0
    assert file.read_text("utf-8").startswith("document,source,external_id,time,product")
    assert json.loads(triage("report", "urgent", "--format", "json").out) == [row]


@pytest.mark.parametrize("command", [("urgent",), ("report", "urgent")])
def test_what_is_listed_of_all_is_stored(
    engine: Engine, triage: Triage, command: tuple[str, ...]
) -> None:
    """By both commands, and by neither where only a part is asked for."""
    fill(engine, intents=True)
    blocks = select(func.count()).select_from(RollupUrgentBlock)
    for options, count in ((["--since", "2026-10-05"], 0), ([], 1)):
        assert triage(*command, *options).code == 0
        with reading(engine) as connection:
            assert connection.execute(blocks).scalar_one() == count
