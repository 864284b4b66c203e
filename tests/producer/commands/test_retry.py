"""`triage retry`: what it does and says, and that the jobs are sent."""

from __future__ import annotations

import json

import redis
from sqlalchemy import Engine, update

from schema.database import writing
from schema.database.clock import after
from schema.ledger.cancel import cancel
from schema.tables import Job, JobState
from schema.verification import verify
from tests.support.console import Triage
from tests.support.ledger import jobs, make_run
from tests.support.working import work

NO_REDIS = "there is no Redis yet: the jobs are stored, and a worker will find them\n"


def test_what_it_says(engine: Engine, triage: Triage) -> None:
    assert triage("retry").out == "nothing to retry\n"
    run = make_run(engine, [f"text {number}" for number in range(8)], ("sentiment", "qa"), 2)
    work(engine, run, {"text 3", "text 4"})
    said = triage("retry", "run")
    assert said.out == "nothing waits out a back-off; replay 4 dead letters with --dead\n"
    make_run(engine, ["a", "b"], ("sentiment",), 1, name="other")
    with writing(engine) as connection:
        pending = Job.state == JobState.PENDING
        connection.execute(update(Job).where(pending).values(not_before=after(300)))
    said = triage("retry")
    assert (said.code, said.out) == (0, "2 jobs due now; replay 4 dead letters with --dead\n")
    assert said.err == NO_REDIS
    assert {job.not_before for job in jobs(engine)} == {None}
    said = triage("retry", "run", "--dead", "--analysis", "qa")
    assert said.out == "replayed 2 dead letters: 2 of qa\n"
    said = triage("retry", "--dead")
    assert said.out == "replayed 2 dead letters: 2 of sentiment\n"
    assert triage("retry", "--dead").out == "nothing to retry\n"
    assert work(engine, run) == 4
    assert verify(engine) == []


def test_cancelled_runs_are_left_alone(engine: Engine, triage: Triage) -> None:
    run = make_run(engine, ["a", "b"])
    work(engine, run, {"a"})
    cancel(engine, run)
    ended = triage("retry", "run", "--dead")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "triage: run run is cancelled for good: nothing of it is tried again\n"
    other = make_run(engine, ["a"], name="other")
    work(engine, other, {"a"})
    assert triage("retry", "--dead").out.splitlines() == [
        "replayed 1 dead letter: 1 of sentiment",
        "1 dead letter of cancelled runs stay: run",
    ]


def test_the_window_is_filled(engine: Engine, triage: Triage, redis_url: str) -> None:
    run = make_run(engine, ["a", "b", "c"], job_size=3)
    work(engine, run, {"b"})
    assert triage("retry", "run", "--dead").err == ""
    (replayed,) = (job for job in jobs(engine) if job.first_position == 1)
    assert replayed.state == JobState.QUEUED
    client = redis.Redis.from_url(redis_url)
    queues = [key for key in client.keys("*sentiment")]
    messages = [json.loads(one) for key in queues for one in client.lrange(key, 0, -1)]
    client.close()
    assert [one["headers"]["task"] for one in messages] == ["triage.sentiment"]
