"""Pause and resume: a run waits, and goes on as if nothing had been."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, update

from schema.database import reading, writing
from schema.ledger.cancel import cancel
from schema.ledger.dispatch import dispatch
from schema.ledger.finish import finish
from schema.ledger.pause import CancelledRunError, Paused, pause, resume
from schema.status.progress import run_progress
from schema.tables import Job, JobState
from schema.verification import verify
from tests.support.ledger import jobs, make_run
from tests.support.working import claim_all, outcomes, work


def send(engine: Engine, window: int = 10) -> int:
    def publish(_analysis: str, _job_ids: Sequence[int], /, *, urgent: bool) -> None:
        pass

    return dispatch(engine, publish, "sentiment", window)


def states(engine: Engine, run: int) -> list[str]:
    return [job.state for job in jobs(engine, run)]


def test_nothing_of_a_paused_run_is_sent_or_claimed(engine: Engine) -> None:
    run = make_run(engine, ["a"] * 5, job_size=1)
    other = make_run(engine, ["a"], name="other")
    running, *_ = claim_all(engine, run)[:1]
    with writing(engine) as connection:
        others = (Job.run_id == run, Job.id != running.job_id)
        connection.execute(update(Job).where(*others).values(state=JobState.PENDING))
    assert send(engine) == 5
    assert pause(engine, run) == Paused(True, taken_back=4, running=1, waiting=4)
    assert states(engine, run) == ["running"] + ["pending"] * 4
    assert send(engine) == 0
    assert claim_all(engine, run) == []
    # What runs is finished.
    assert finish(engine, running, outcomes(engine, running))
    assert pause(engine, run) == Paused(False, taken_back=0, running=0, waiting=4)
    with reading(engine) as connection:
        assert not run_progress(connection, "run").finished
    assert verify(engine) == []
    assert work(engine, other) == 1

    assert resume(engine, run) == Paused(True, taken_back=0, running=0, waiting=4)
    assert resume(engine, run) == Paused(False, taken_back=0, running=0, waiting=4)
    assert send(engine) == 4
    assert work(engine, run) == 4
    assert verify(engine) == []


def test_messages_that_found_nothing_to_claim_are_sent_again(engine: Engine) -> None:
    """Dispatch may have marked jobs as queued just after the run was paused."""
    run = make_run(engine, ["a"] * 3, job_size=1)
    pause(engine, run)
    with writing(engine) as connection:
        connection.execute(update(Job).values(state=JobState.QUEUED))
    assert claim_all(engine, run) == []
    assert resume(engine, run).taken_back == 3
    assert send(engine) == 3


def test_a_cancelled_run_can_be_neither_paused_nor_resumed(engine: Engine) -> None:
    run = make_run(engine, ["a"])
    pause(engine, run)
    cancel(engine, run)
    for step in (pause, resume):
        with pytest.raises(CancelledRunError, match="run run is cancelled, and that is for good"):
            step(engine, run)
