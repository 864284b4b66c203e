"""A job claimed ahead: nothing is charged until it begins, whoever ends it before."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine

from schema.database import writing
from schema.ledger.begin import begin
from schema.ledger.claim import Claim, claim
from schema.ledger.dispatch import dispatch
from schema.ledger.finish import finish
from schema.ledger.lose import end_leases
from schema.ledger.pause import pause
from schema.ledger.reap import LOST, Reaped, reap
from schema.ledger.release import disown, expire, release
from schema.process import this_process
from schema.results import Failure
from schema.tables import Job, JobState
from schema.worker_registry import register
from tests.support.ledger import jobs, make_run

KILLED = Failure("SIGKILL", "its worker was killed")


@pytest.fixture
def held(engine: Engine) -> Claim:
    """A job of two documents that its only worker's death has been charged with once before."""
    make_run(engine, ["a", "b"])
    (job,) = jobs(engine)
    before = claim(engine, job.id, "sentiment", "node/0", 30)
    assert before and expire(engine, before, KILLED) and reap(engine, 3) == Reaped(expired=1)
    found = claim(engine, job.id, "sentiment", "node/0", 30, ahead=True)
    assert found
    return found


def the_job(engine: Engine) -> Job:
    (job,) = jobs(engine)
    return job


def charged(engine: Engine) -> tuple[str, int]:
    return the_job(engine).state, the_job(engine).attempts


def test_it_is_charged_when_it_begins_and_begins_once(engine: Engine, held: Claim) -> None:
    assert (held.attempts, the_job(engine).started_at) == (1, None)
    begun = begin(engine, held)
    assert begun and begun.attempts == 2
    assert the_job(engine).started_at
    assert begin(engine, held) is None
    assert charged(engine) == (JobState.RUNNING, 2)
    assert release(engine, begun)
    assert charged(engine) == (JobState.PENDING, 1)


def test_it_cannot_be_finished_before_it_begins(engine: Engine, held: Claim) -> None:
    assert not finish(engine, held, [])
    assert charged(engine) == (JobState.RUNNING, 1)


def test_it_goes_back_as_it_was(engine: Engine, held: Claim) -> None:
    assert release(engine, held)
    assert charged(engine) == (JobState.PENDING, 1)
    assert begin(engine, held) is None


@pytest.mark.parametrize("max_attempts", [1, 2, 3])
def test_its_workers_death_is_not_held_against_it(
    engine: Engine, held: Claim, max_attempts: int
) -> None:
    process = this_process()
    register(engine, "node/0", process, ["sentiment"], LOST)
    with writing(engine) as connection:
        assert end_leases(connection, "node/0", process, KILLED) == 1
    assert the_job(engine).error_class is None
    assert reap(engine, max_attempts) == Reaped(expired=1)
    assert charged(engine) == (JobState.PENDING, 1)


def test_one_of_a_run_that_is_paused_meanwhile_does_not_begin(engine: Engine, held: Claim) -> None:
    pause(engine, held.run_id)
    assert begin(engine, held) is None
    assert release(engine, held)
    assert charged(engine) == (JobState.PENDING, 1)


def test_a_claim_whose_answer_was_lost_is_disowned_unless_it_has_begun(
    engine: Engine, held: Claim
) -> None:
    """The worker may be computing this very job, and have found a second message for it."""
    assert begin(engine, held)
    assert not disown(engine, held.job_id, "node/0", ahead=True)
    assert charged(engine) == (JobState.RUNNING, 2)
    assert disown(engine, held.job_id, "node/0")
    assert charged(engine) == (JobState.PENDING, 1)
    assert claim(engine, held.job_id, "sentiment", "node/0", 30, ahead=True)
    assert disown(engine, held.job_id, "node/0", ahead=True)
    assert charged(engine) == (JobState.PENDING, 1)


def test_for_dispatch_it_waits_as_others_do_in_the_queue(engine: Engine) -> None:
    make_run(engine, ["a"] * 20, job_size=1)
    sent: list[int] = []

    def publish(_analysis: str, job_ids: Sequence[int], /, *, urgent: bool) -> None:
        sent.extend(job_ids)

    assert dispatch(engine, publish, "sentiment", window=4) == 4
    assert claim(engine, sent[0], "sentiment", "node/0", 30)
    assert dispatch(engine, publish, "sentiment", window=4) == 1
    assert claim(engine, sent[1], "sentiment", "node/0", 30, ahead=True)
    assert dispatch(engine, publish, "sentiment", window=4) == 0
