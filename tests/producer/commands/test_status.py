"""`triage status`: all runs, one run, for people and for programs, and watching."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select, update

from producer.display.progress_table import duration
from schema.database import reading, writing
from schema.database.clock import after, now
from schema.ledger.reap import LOST
from schema.process import this_process
from schema.status.overview import SHOWN
from schema.status.progress import run_progress
from schema.status.workers import ModelInMemory, Throughput
from schema.tables import Job, JobState, Run, RunState, Worker
from schema.worker_registry import not_ready, ready, register, report
from tests.support.console import Triage
from tests.support.feedback import add_job, add_run
from tests.support.many_runs import make_runs

pytestmark = pytest.mark.slow


def seed(engine: Engine) -> None:
    """A finished run, one that is worked on, and one that is being ingested."""
    with writing(engine) as connection:
        old = add_run(connection, "old", ("sentiment",), read=10, stored=10)
        times = {"started_at": after(-20), "finished_at": after(-10)}
        add_job(connection, old, "sentiment", JobState.DONE, 10, failed=1, **times)
        counts = {"read": 3100, "stored": 3000, "duplicate": 75, "rejected": 25}
        busy = add_run(connection, "[b]busy", ("sentiment", "summary"), **counts)
        add_job(connection, busy, "sentiment", JobState.DONE, 3000)
        add_job(connection, busy, "summary", JobState.DONE, 1985, failed=5)
        for state, size in ((JobState.RUNNING, 10), (JobState.QUEUED, 5), (JobState.PENDING, 1000)):
            add_job(connection, busy, "summary", state, size)
        add_run(connection, "new", ("sentiment",), state=RunState.INGESTING, ingested_at=None)


def cells(out: str, first: str) -> list[str]:
    """The cells of the line that begins with `first`."""
    split = (re.split(r"\s*│\s*|\s{2,}", line.strip("│ ")) for line in out.splitlines())
    return next(line for line in split if line[0] == first)


def test_status(engine: Engine, triage: Triage) -> None:
    assert triage("status").out.splitlines() == [
        "no runs yet; begin with: triage ingest",
        "",
        "no workers; start one with: triage worker",
    ]
    nothing = {"runs": [], "more": 0, "more_unfinished": 0, "archived": 0, "workers": []}
    assert json.loads(triage("status", "--json").out) == nothing
    seed(engine)
    out = triage("status").out
    today = out.splitlines()[2].split("│")[1].strip()
    assert cells(out, "new") == ["new", today, "ingesting", "0", "–", "0", "–"]
    # 4,985 of 6,000 are 83.08 %.
    assert cells(out, "[b]busy") == ["[b]busy", today, "analysing", "3,000", "83 %", "5", "–"]
    assert cells(out, "old") == ["old", today, "finished", "10", "100 %", "1", "0 s"]
    order = [out.index(name) for name in ("new", "[b]busy", "old")]
    assert order == sorted(order)

    out = triage("status", "[b]busy").out
    assert out.startswith("run [b]busy: analysing, since ")
    assert "read 3,100 = stored 3,000 + duplicate 75 + rejected 25" in out
    done = ["sentiment", "3,000", "3,000", "0", "0", "0", "0.0", "0 s"]
    assert cells(out, "sentiment") == done
    busy = ["summary", "3,000", "1,980", "10", "1,005", "5", "0.0", "–"]
    assert cells(out, "summary") == busy

    with reading(engine) as connection:
        expected = run_progress(connection, "[b]busy").as_json()
    assert json.loads(triage("status", "[b]busy", "--json").out) == expected
    every = json.loads(triage("status", "--json").out)["runs"]
    assert [one["run"] for one in every] == ["new", "[b]busy", "old"]
    assert every[1] == expected


def test_of_many_runs_it_shows_what_is_going_on_and_the_newest(
    engine: Engine, triage: Triage
) -> None:
    make_runs(engine, 1000)
    with writing(engine) as connection:
        old = select(Run.id).where(Run.name == "small5").scalar_subquery()
        connection.execute(update(Job).where(Job.run_id == old).values(state=JobState.RUNNING))
        hidden = Run.name.in_(["small6", "small7"])
        connection.execute(update(Run).where(hidden).values(archived_at=now()))
    out = triage("status").out.splitlines()
    shown = [line.split("│")[0].strip() for line in out if line.startswith(" small")]
    assert shown == [*(f"small{number}" for number in range(999, 979, -1)), "small5"]
    left_out = "977 more runs, 0 of them not finished; 2 archived: triage status --all"
    assert out[len(shown) + 2] == left_out
    said = json.loads(triage("status", "--json").out)
    assert [one["run"] for one in said["runs"]] == shown
    assert (said["more"], said["more_unfinished"], said["archived"]) == (977, 0, 2)
    every = triage("status", "--all").out
    assert every.count(" small") == 1000
    assert cells(every, "small6")[2] == "archived"
    assert "more runs" not in every
    said = json.loads(triage("status", "--json", "--all").out)
    assert (len(said["runs"]), said["more"], said["archived"]) == (1000, 0, 0)


def test_workers_say_whether_they_are_ready_and_why_not(engine: Engine, triage: Triage) -> None:
    for name in ("gpu0@host/0", "gpu1@host/0"):
        register(engine, name, this_process(), ["sentiment", "qa"], LOST)
    ready(engine, "gpu0@host/0")
    not_ready(engine, "gpu1@host/0", "model 'x' is not there", seconds=600)
    out = triage("status").out
    assert cells(out, "gpu0@host/0")[1] == "ready"
    assert cells(out, "gpu1@host/0")[1] == "not ready"
    assert "model 'x' is not" in out and "tries again" in out
    workers = json.loads(triage("status", "--json").out)["workers"]
    assert [(one["worker"], one["state"], one["reason"]) for one in workers] == [
        ("gpu0@host/0", "ready", None),
        ("gpu1@host/0", "not ready", "model 'x' is not there"),
    ]
    assert 0 < workers[1]["next_try"] <= 600
    assert workers[0]["tokens_per_second"] is None
    report(engine, "gpu0@host/0", Throughput(12_345.6, 0.004, 0.923, 0.968))
    out = triage("status").out
    assert cells(out, "gpu0@host/0")[3:7] == ["12,346", "0 %", "92 %", "97 %"]
    assert cells(out, "gpu1@host/0")[3:7] == ["–"] * 4
    (quick, _) = json.loads(triage("status", "--json").out)["workers"]
    names = ("tokens_per_second", "padding", "batch_fill", "forward_share")
    assert [quick[name] for name in names] == [12_345.6, 0.004, 0.923, 0.968]
    assert (quick["models"], "in memory" in out) == (None, False)
    with writing(engine) as connection:
        connection.execute(update(Worker).values(seen_at=after(-120)))
    assert "not seen for" in triage("status").out


def test_workers_say_which_models_they_have_in_memory(engine: Engine, triage: Triage) -> None:
    for name in ("gpu0@host/0", "gpu1@host/0"):
        register(engine, name, this_process(), ["sentiment", "qa"], LOST)
    small, large = ModelInMemory("pocket/qa", 1_500_000), ModelInMemory("x/[b]y", 2_500_000_000)
    ready(engine, "gpu0@host/0", [small])
    out = triage("status").out
    assert cells(out, "gpu0@host/0")[-1] == "1.5 MB"
    assert "gpu0@host/0 has in memory: pocket/qa 1.5 MB" in out
    report(engine, "gpu0@host/0", Throughput(), [small, large])
    ready(engine, "gpu0@host/0")
    assert "has in memory: pocket/qa 1.5 MB, x/[b]y 2.5 GB" in triage("status").out
    said, other = json.loads(triage("status", "--json").out)["workers"]
    assert said["models"] == [
        {"name": "pocket/qa", "bytes": 1_500_000},
        {"name": "x/[b]y", "bytes": 2_500_000_000},
    ]
    assert other["models"] is None
    # Its next process has loaded nothing yet.
    register(engine, "gpu0@host/0", this_process(), ["sentiment", "qa"], LOST)
    assert "in memory" not in triage("status").out


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_four_workers_and_a_thousand_runs_fit_into_a_terminal_of_80_by_24(
    engine: Engine, triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_runs(engine, 1000)
    analyses = ["language", "sentiment", "entities", "qa", "summary", "translation", "embedding"]
    models = [ModelInMemory(f"pocket/{one}", 11_000_000) for one in analyses]
    for number in range(4):
        name = f"gpu{number}@triage-worker-5d9c7b6f4-x2x{number}q/0"
        register(engine, name, this_process(), analyses, LOST)
        ready(engine, name, models)
        report(engine, name, Throughput(1_234_567.8, 0.004, 0.923, 0.968))
    not_ready(engine, name, "model 'x' is not there", seconds=600)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    # As a terminal is; without colours, so that the lines can be measured.
    for variable, value in (("TTY_COMPATIBLE", "1"), ("NO_COLOR", "1"), ("TERM", "dumb")):
        monkeypatch.setenv(variable, value)
    out = triage("status").out
    lines = out.splitlines()
    # One is left for the prompt.
    assert len(lines) < 24 and max(map(len, lines)) <= 80
    assert out.count("gpu") >= 4 and "model 'x' is not there; tries again in" in out
    assert "small999" in out and "more runs" in out
    # What is read by a program, or written to a file, is not cut.
    monkeypatch.setenv("TTY_COMPATIBLE", "0")
    assert triage("status").out.count(" small") == SHOWN


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_in_a_sentence(engine: Engine, triage: Triage) -> None:
    seed(engine)
    for arguments, words in (
        (["olt"], "did you mean 'old'? there are new, [b]busy, old"),
        (["old", "--json", "--watch"], "--json and --watch do not go together"),
        (["old", "--all"], "--all shows every run; leave it out, or the name of the run"),
    ):
        ended = triage("status", *arguments)
        assert (ended.code, ended.out) == (2, "")
        assert words in ended.err


@pytest.fixture
def between_looks(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Do something where `--watch` pauses between two looks."""

    def use(action: Callable[[], None]) -> None:
        monkeypatch.setattr("producer.commands.status.time.sleep", lambda _seconds: action())

    return use


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_watch_ends_when_the_run_has_finished(
    engine: Engine,
    triage: Triage,
    between_looks: Callable[[Callable[[], None]], None],
) -> None:
    seed(engine)
    steps = [JobState.RUNNING, JobState.DONE]

    def work() -> None:
        with writing(engine) as connection:
            unfinished = Job.state.in_([JobState.PENDING, JobState.QUEUED, JobState.RUNNING])
            values = {"state": steps.pop(0), "finished_at": now()}
            connection.execute(update(Job).where(unfinished).values(values))

    between_looks(work)
    ended = triage("status", "[b]busy", "--watch")
    assert ended.code == 0
    assert steps == []
    assert "run [b]busy: finished" in ended.out
    assert cells(ended.out, "summary")[:6] == ["summary", "3,000", "2,995", "0", "0", "5"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_watch_ends_quietly_on_ctrl_c(
    engine: Engine,
    triage: Triage,
    between_looks: Callable[[Callable[[], None]], None],
) -> None:
    seed(engine)
    # A shell that starts this in the background has it ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    between_looks(lambda: os.kill(os.getpid(), signal.SIGINT))
    ended = triage("status", "--watch")
    assert (ended.code, ended.err) == (130, "")
    assert cells(ended.out, "[b]busy")[4] == "83 %"


def test_durations() -> None:
    seconds = (None, 0, 59.4, 59.6, 3599, 3600, 47 * 3600 + 59 * 60, 50 * 3600)
    assert [duration(one) for one in seconds] == [
        "–",
        "0 s",
        "59 s",
        "1 min 00 s",
        "59 min 59 s",
        "1 h 00 min",
        "47 h 59 min",
        "2 d 2 h",
    ]
