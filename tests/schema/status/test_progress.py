"""Progress of runs, on both databases and their own clocks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select, update

from schema.database import reading, writing
from schema.database.clock import after, now
from schema.status.progress import (
    ENOUGH_JOBS,
    AnalysisProgress,
    RunProgress,
    all_progress,
    run_progress,
)
from schema.status.tally import LONG_SPAN, SHORT_SPAN
from schema.tables import Job, JobState, Run, RunState
from tests.support.feedback import add_job, add_run


def read(engine: Engine, name: str = "run") -> RunProgress:
    with reading(engine) as connection:
        return run_progress(connection, name)


def add_done(
    connection: Connection, run: int, analysis: str, began: float, ended: float, **values: Any
) -> None:
    """A job of ten documents that ran from `began` to `ended`, in seconds before now."""
    times = {"started_at": after(-began), "finished_at": after(-ended), "seconds": began - ended}
    add_job(connection, run, analysis, JobState.DONE, 10, **times | values)


def test_documents_are_counted_by_state(engine: Engine) -> None:
    with writing(engine) as connection:
        run = add_run(
            connection, "run", ("qa", "sentiment"), read=20, stored=17, duplicate=1, rejected=2
        )
        other = add_run(connection, "other", ("sentiment",))
        add_job(connection, other, "sentiment", JobState.PENDING, 5)
        for state, size, failed in (
            (JobState.DONE, 7, 2),
            (JobState.DONE, 3, 0),
            (JobState.RUNNING, 3, 0),
            (JobState.QUEUED, 2, 0),
            (JobState.PENDING, 1, 0),
            (JobState.DEAD, 1, 1),
            (JobState.CANCELLED, 4, 0),
        ):
            add_job(connection, run, "sentiment", state, size, failed=failed)
    found = read(engine)
    assert (found.read, found.stored, found.duplicate, found.rejected) == (20, 17, 1, 2)
    sentiment, qa = found.analyses
    # Nothing says when any of it was done, so there is no rate.
    assert sentiment == AnalysisProgress("sentiment", 21, 8, 3, 3, 3, 4, 0.0, None)
    # An analysis without jobs, as in a run without documents, has nothing left to do.
    assert qa == AnalysisProgress("qa", 0, 0, 0, 0, 0, 0, 0.0, 0.0)
    assert found.seconds_left is None
    assert not found.finished
    with reading(engine) as connection:
        assert [one.run for one in all_progress(connection)] == ["other", "run"]


def test_finished_means_ingested_and_nothing_left(engine: Engine) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "run", ("sentiment",), state=RunState.INGESTING, ingested_at=None)
        add_done(connection, run, "sentiment", 3000, 2980, failed=10)
        add_done(connection, run, "sentiment", 2980, 2960)
    found = read(engine)
    assert not found.finished
    assert found.seconds_left is None
    with writing(engine) as connection:
        connection.execute(update(Run).values(state=RunState.INGESTED, ingested_at=now()))
    found = read(engine)
    assert found.finished
    assert found.seconds_left == 0
    # All over, the rate is that of the whole life: 20 documents, dead ones too, in 40 seconds.
    assert found.analyses[0].rate == pytest.approx(0.5, rel=0.01)
    assert (found.analyses[0].done, found.analyses[0].dead) == (10, 10)
    for state in (JobState.PENDING, JobState.QUEUED, JobState.RUNNING):
        with writing(engine) as connection:
            last = select(func.max(Job.id)).scalar_subquery()
            connection.execute(update(Job).where(Job.id == last).values(state=state))
        assert not read(engine).finished


def test_a_cancelled_run_has_finished_whatever_its_input(engine: Engine) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "run", ("sentiment",), state=RunState.INGESTING, ingested_at=None)
        add_done(connection, run, "sentiment", 3000, 2980)
        add_job(connection, run, "sentiment", JobState.CANCELLED, 90)
        add_job(connection, run, "sentiment", JobState.RUNNING, 10)
        connection.execute(update(Run).values(cancelled_at=now()))
    assert not read(engine).finished
    with writing(engine) as connection:
        running = Job.state == JobState.RUNNING
        connection.execute(update(Job).where(running).values(state=JobState.CANCELLED))
    found = read(engine)
    assert (found.finished, found.seconds_left) == (True, 0.0)
    (sentiment,) = found.analyses
    assert (sentiment.done, sentiment.cancelled, sentiment.waiting) == (10, 100, 0)
    # What was given up does not make it look faster.
    assert sentiment.rate == pytest.approx(0.5, rel=0.01)


def test_nobody_can_say_when_a_paused_run_finishes(engine: Engine) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "run", ("sentiment", "summary"))
        for _ in range(ENOUGH_JOBS):
            add_done(connection, run, "sentiment", 30, 5)
        add_done(connection, run, "summary", 30, 5)
        add_job(connection, run, "sentiment", JobState.PENDING, 40)
    assert read(engine).seconds_left
    with writing(engine) as connection:
        connection.execute(update(Run).values(paused_at=now()))
    found = read(engine)
    assert [one.seconds_left for one in found.analyses] == [None, 0.0]
    assert (found.seconds_left, found.finished) == (None, False)


def test_rate_looks_back_as_far_as_it_must(engine: Engine) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "run", ("sentiment", "entities", "qa", "summary"))
        for _ in range(ENOUGH_JOBS):
            # Busy: only what ended lately counts, and half a minute of work is no minute.
            add_done(connection, run, "sentiment", 30, 5)
            add_done(connection, run, "sentiment", 400, 300)
            # Stalled: long ago.
            add_done(connection, run, "qa", LONG_SPAN + 100, LONG_SPAN + 50)
            # Began before the span: the whole span counts.
            add_done(connection, run, "summary", LONG_SPAN + 100, SHORT_SPAN / 6)
        # Slow: too few jobs in the short span to say anything.
        add_done(connection, run, "entities", 400, 200)
        add_done(connection, run, "entities", 200, 30)
        for one in ("sentiment", "entities", "qa", "summary"):
            add_job(connection, run, one, JobState.PENDING, 40)
            add_job(connection, run, one, JobState.RUNNING, 20)
    found = read(engine)
    rates = {one.analysis: one.rate for one in found.analyses}
    # Lower bounds leave room for a slow machine between writing and reading.
    assert 10 * ENOUGH_JOBS / 45 < rates["sentiment"] <= 10 * ENOUGH_JOBS / 30
    assert 20 / 430 < rates["entities"] <= 20 / 400
    assert rates["qa"] == 0
    assert rates["summary"] == pytest.approx(10 * ENOUGH_JOBS / SHORT_SPAN)
    for analysis in found.analyses:
        expected = 60 / analysis.rate if analysis.rate else None
        assert analysis.seconds_left == (pytest.approx(expected) if expected else None)
    assert found.seconds_left is None
    with writing(engine) as connection:
        connection.execute(
            update(Job).where(Job.analysis == "qa").values(state=JobState.DONE, finished_at=now())
        )
    assert read(engine).seconds_left == pytest.approx(60 * 400 / 20, rel=0.1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_json_has_one_shape(engine: Engine) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "run", ("sentiment",), state=RunState.INGESTING, ingested_at=None)
        add_job(connection, run, "sentiment", JobState.PENDING, 5)
    shown = json.loads(json.dumps(read(engine).as_json()))
    assert shown.pop("created_at").endswith("+00:00")
    assert shown == {
        "run": "run",
        "state": "ingesting",
        "ingested_at": None,
        "paused_at": None,
        "cancelled_at": None,
        "archived_at": None,
        "deleted_at": None,
        "read": 0,
        "stored": 0,
        "duplicate": 0,
        "rejected": 0,
        "forgotten": 0,
        "updated": 0,
        "analyses": [
            {
                "analysis": "sentiment",
                "documents": 5,
                "done": 0,
                "in_flight": 0,
                "waiting": 5,
                "dead": 0,
                "cancelled": 0,
                "rate": 0.0,
                "seconds_left": None,
                "blocked": 0,
                "waits_for": [],
                "not_analysed": {},
                "reused": 0,
            }
        ],
        "finished": False,
        "seconds_left": None,
    }
