"""`triage verify`: what it prints, and what it ends with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, update

from schema.database import writing
from schema.results.sentiment import SentimentRow
from schema.tables import Run, RunState
from tests.support.console import Triage
from tests.support.ingesting import run_ingest, write_csv
from tests.support.ledger import jobs, make_run
from tests.support.many_runs import make_runs
from tests.support.working import work

pytestmark = pytest.mark.slow

MARKER = "the customer's own words"


def test_runs_that_balance(engine: Engine, triage: Triage) -> None:
    assert triage("verify").out == "no runs yet; begin with: triage ingest\n"
    old = make_run(engine, [f"{MARKER} {number}" for number in range(5)], ("sentiment", "qa"), 2)
    work(engine, old, {f"{MARKER} 1"})
    make_run(engine, ["a"] * 3, name="new")
    with writing(engine) as connection:
        new = Run.name == "new"
        values = {"state": RunState.INGESTING, "read": 6, "duplicate": 1, "rejected": 2}
        connection.execute(update(Run).where(new).values(values))
    ended = triage("verify")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "run run: ok: 5 read = 5 stored + 0 duplicate + 0 rejected; "
        "sentiment 5 = 4 done + 1 dead + 0 pending + 0 running; "
        "qa 5 = 4 done + 1 dead + 0 pending + 0 running",
        "run new: ok: 6 read = 3 stored + 1 duplicate + 2 rejected; "
        "sentiment 3 = 0 done + 0 dead + 3 pending + 0 running",
    ]
    assert triage("verify", "new").out == ended.out.splitlines()[1] + "\n"


def test_a_run_that_does_not(engine: Engine, triage: Triage) -> None:
    run = make_run(engine, [MARKER] * 3)
    make_run(engine, ["a"], name="other")
    work(engine, run)
    with writing(engine) as connection:
        connection.execute(delete(SentimentRow).where(SentimentRow.document_id == 2))
    job = jobs(engine, run)[0].id
    ended = triage("verify")
    assert ended.code == 1
    wrong = "done, but without an outcome"
    first, second, third = ended.out.splitlines()
    assert first.startswith("run run: BROKEN: 3 read = 3 stored")
    assert second == f"  run run, sentiment: {wrong}: job {job}; document 2"
    assert third.startswith("run other: ok: ")
    assert MARKER not in ended.out + ended.err
    assert triage("verify", "other").code == 0

    ended = triage("verify", "--json")
    assert ended.code == 1
    broken, other = json.loads(ended.out)
    assert (broken["run"], broken["ok"], broken["read"]) == ("run", False, 3)
    assert broken["analyses"]["sentiment"]["done"] == 3
    assert broken["violations"] == [
        {
            "run": "run",
            "analysis": "sentiment",
            "check": wrong,
            "jobs": [job],
            "documents": [2],
            "more": 0,
        }
    ]
    assert (other["ok"], other["violations"]) == (True, [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_many_runs_the_broken_and_the_newest_are_said(engine: Engine, triage: Triage) -> None:
    make_runs(engine, 1000)
    ended = triage("verify")
    *lines, summary = ended.out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"run small{n}" for n in range(980, 1000)]
    assert summary == "1,000 runs: 1,000 ok, 0 BROKEN; 980 more that are ok: triage verify --all"
    with writing(engine) as connection:
        old = select(Run.id).where(Run.name.in_(["small7", "small990"]))
        connection.execute(delete(SentimentRow).where(SentimentRow.run_id.in_(old)))
    ended = triage("verify")
    assert ended.code == 1
    said, named, *lines, summary = ended.out.splitlines()
    assert said.startswith("run small7: BROKEN: 2 read")
    assert named.startswith("  run small7, sentiment: done, but without an outcome")
    newest = [line for line in lines if not line.startswith("  ")]
    assert [line.split(":")[0] for line in newest] == [f"run small{n}" for n in range(980, 1000)]
    assert len(lines) == 21
    assert summary == "1,000 runs: 998 ok, 2 BROKEN; 979 more that are ok: triage verify --all"
    every = triage("verify", "--all").out.splitlines()
    assert (len(every), every[-1]) == (1003, "1,000 runs: 998 ok, 2 BROKEN")
    assert len(json.loads(triage("verify", "--json").out)) == 1000


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unknown_run(engine: Engine, triage: Triage) -> None:
    make_run(engine, [])
    ended = triage("verify", "rum")
    assert (ended.code, ended.out) == (2, "")
    assert "did you mean 'run'?" in ended.err


def test_rejected_rows_that_are_in_no_file(engine: Engine, tmp_path: Path, triage: Triage) -> None:
    rows = [(n, "" if n % 2 else f"text {n}") for n in range(8)]
    done = run_ingest(engine, write_csv(tmp_path / "a.csv", rows), run="r", source="s")
    assert triage("verify").code == 0
    # What was forgotten may be missing, …
    assert triage("forget", "--external-id", "3", "--yes").code == 0
    assert len(done.rejects.read_text().splitlines()) == 3
    assert triage("verify").code == 0
    # … and no other.
    lines = done.rejects.read_text().splitlines(keepends=True)
    done.rejects.write_text("".join(lines[1:]))
    ended = triage("verify")
    assert ended.code == 1
    said = "run r: rejected 4 is not the 2 lines of the rejects file + 1 forgotten"
    assert f"  {said}\n" in ended.out
    # The next ingest puts them back.
    run_ingest(engine, tmp_path / "a.csv", run="r", source="s")
    assert triage("verify").code == 0
    # An empty file stands for one that was deleted for good; on another host nobody can look.
    done.rejects.write_text("")
    assert triage("verify").code == 0
