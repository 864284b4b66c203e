"""`triage cancel`: final, and said in a sentence; whoever waits for the run is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from schema.database import reading
from schema.ledger.cancel import cancel
from schema.status.runs import find_run
from schema.verification import verify
from tests.support.console import Triage
from tests.support.ledger import make_run
from tests.support.working import work


def test_what_it_says(engine: Engine, triage: Triage) -> None:
    make_run(engine, ["a"] * 7, ("sentiment", "qa"), 2)
    ended = triage("cancel", "run")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "run run is cancelled for good: 8 jobs of 14 documents are given up; what is done stays\n"
    )
    ended = triage("cancel", "run")
    assert ended.code == 0
    assert ended.out.startswith("run run was cancelled already, at 2")
    assert ended.out.endswith(" UTC; nothing is left to give up\n")
    done = make_run(engine, ["a"], name="done")
    work(engine, done)
    assert "no job was left to do; what is done stays" in triage("cancel", "done").out
    assert verify(engine) == []
    status = triage("status", "run").out
    assert status.startswith("run run: cancelled, since ")
    assert "cancelled" in status.splitlines()[2] + status.splitlines()[3]
    assert "cancelled" in triage("status").out


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unknown_run(engine: Engine, triage: Triage) -> None:
    for command in ("cancel", "pause", "resume"):
        ended = triage(command, "run")
        assert (ended.code, ended.out) == (2, "")
        assert "no run is named 'run': there are no runs yet" in ended.err


def test_who_waits_for_it_is_told(
    engine: Engine, triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "feedback.csv"
    file.write_text("id,text\n1,first\n2,second\n", "utf-8")

    def look_away(_seconds: float) -> None:
        with reading(engine) as connection:
            run = find_run(connection, "waited")
        cancel(engine, run)

    monkeypatch.setattr("producer.display.progress_bars.time.sleep", look_away)
    ended = triage("ingest", str(file), "--run", "waited", "--analyses", "sentiment", "--wait")
    assert ended.code == 1
    assert "run waited was cancelled: see triage status waited" in ended.err
    assert "all is analysed" not in ended.out
    again = triage("ingest", str(file), "--run", "waited", "--analyses", "sentiment")
    assert again.code == 2
    assert "run waited is cancelled and takes no more rows" in again.err
