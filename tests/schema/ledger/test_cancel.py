"""Cancel: nothing of a run is done any more, and what is done stays."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, select, update

from schema.database import reading, writing
from schema.database.clock import after
from schema.ledger import cancel as cancel_module
from schema.ledger.cancel import cancel
from schema.ledger.dispatch import dispatch
from schema.ledger.finish import finish
from schema.ledger.heartbeat import heartbeat
from schema.ledger.reap import reap
from schema.ledger.release import release
from schema.status.progress import run_progress
from schema.tables import Job, JobState, Run
from schema.verification import verify
from tests.support.ledger import jobs, make_run
from tests.support.working import LEASE, claim_all, outcomes, work


def states(engine: Engine, run: int) -> set[str]:
    return {job.state for job in jobs(engine, run)}


def test_what_is_left_is_given_up_and_what_is_done_stays(engine: Engine) -> None:
    run = make_run(engine, ["a"] * 6, ("sentiment",), job_size=2)
    other = make_run(engine, ["a"], name="other")
    first, *_ = jobs(engine, run)
    with writing(engine) as connection:
        connection.execute(update(Job).where(Job.id != first.id).values(not_before=after(60)))
    work(engine, run)
    with writing(engine) as connection:
        connection.execute(update(Job).values(not_before=None))
    dispatch(engine, lambda *_jobs, urgent: None, "sentiment", 1)
    done = cancel(engine, run)
    assert (done.jobs, done.documents, done.before) == (2, 4, None)
    assert states(engine, run) == {JobState.DONE, JobState.CANCELLED}
    assert states(engine, other) <= {JobState.PENDING, JobState.QUEUED}
    assert verify(engine) == []
    with reading(engine) as connection:
        progress = run_progress(connection, "run")
    assert progress.finished
    assert (progress.analyses[0].done, progress.analyses[0].cancelled) == (2, 4)

    again = cancel(engine, run)
    assert (again.jobs, again.documents) == (0, 0)
    assert again.before is not None


def test_a_busy_worker_finds_its_claim_gone(engine: Engine) -> None:
    run = make_run(engine, ["a", "b"], job_size=2)
    (claimed,) = claim_all(engine, run)
    made = outcomes(engine, claimed)
    assert cancel(engine, run).jobs == 1
    assert not heartbeat(engine, claimed, LEASE)
    assert not finish(engine, claimed, made)
    assert not release(engine, claimed)
    assert reap(engine, 3).expired == 0
    (job,) = jobs(engine, run)
    assert (job.state, job.lease_until) == (JobState.CANCELLED, None)
    assert claim_all(engine, run) == []
    assert verify(engine) == []


def test_messages_of_it_are_not_sent_any_more(engine: Engine) -> None:
    run = make_run(engine, ["a", "b"], job_size=1)
    cancel(engine, run)
    assert dispatch(engine, lambda *_jobs, urgent: None, "sentiment", 10) == 0


def test_many_jobs_go_block_by_block(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancel_module, "CANCEL_LIMIT", 3)
    run = make_run(engine, ["a"] * 10, job_size=1)
    assert cancel(engine, run).jobs == 10
    assert states(engine, run) == {JobState.CANCELLED}


def test_halves_that_a_reaper_cuts_meanwhile_are_given_up_too(engine: Engine) -> None:
    run = make_run(engine, ["a"] * 64, job_size=16)
    over = threading.Event()

    def reaper() -> None:
        while not over.is_set():
            claim_all(engine, run)
            with writing(engine) as connection:
                running = Job.state == JobState.RUNNING
                values = {"lease_until": after(-1), "attempts": 2}
                connection.execute(update(Job).where(running).values(values))
            reap(engine, 100)

    thread = threading.Thread(target=reaper)
    thread.start()
    try:
        cancel(engine, run)
        assert states(engine, run) == {JobState.CANCELLED}
    finally:
        over.set()
        thread.join()
    assert states(engine, run) == {JobState.CANCELLED}
    assert verify(engine) == []
    with reading(engine) as connection:
        assert connection.execute(select(Run.cancelled_at)).scalar_one() is not None
