"""A job source step by step: what it gives when, and what is charged by then."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import pytest
from sqlalchemy import Engine

from schema.tables import JobState
from tests.support.burst import Child, states, wait_until_prefetched
from tests.support.ledger import jobs, make_run
from workers.child.claimed_job import ClaimedJob
from workers.child.job_progress import JobProgress
from workers.child.job_source import JobSource
from workers.engine.counters import Counters
from workers.engine.jobs import FinishedJob, PreparedJob
from workers.node.scoreboard import Scoreboard
from workers.runtime.progress import Interruption

RUNNING = JobState.RUNNING


@pytest.fixture
def source(engine: Engine, streamed: Child) -> Iterator[JobSource]:
    """The source of a burst of three jobs, of which the first has begun."""
    make_run(engine, ["first", "second", "third"], job_size=1)
    streamed.send()
    assert streamed.messages.take("sentiment")
    (claim,) = streamed.ledger.claim("sentiment", jobs(engine)[0].id)
    with streamed.context.heartbeat as heartbeat:
        heartbeat.hold(claim)
        yield JobSource(streamed.context, ClaimedJob(claim, has_begun=True), monotonic())
        streamed.context.prefetcher.wait_for_job()


def finished(job: PreparedJob | None) -> FinishedJob:
    assert job
    return FinishedJob(job, [], Counters())


def test_a_prefetched_job_is_charged_when_it_joins(engine: Engine, source: JobSource) -> None:
    first = source.next()
    assert first and first.group == ""
    wait_until_prefetched(engine)
    assert states(engine)[:2] == [(RUNNING, 1), (RUNNING, 0)]
    second = source.join("", wait=True)
    assert second and second.id == jobs(engine)[1].id
    assert states(engine)[:2] == [(RUNNING, 1), (RUNNING, 1)]
    assert [claim.job_id for claim in source.unfinished] == [first.id, second.id]
    assert source.is_joint


def test_a_job_that_does_not_fit_is_charged_when_the_others_are_done(
    engine: Engine, source: JobSource
) -> None:
    first = source.next()
    assert source.join("another", wait=True) is None
    # It waits for them to be done, and no other is taken.
    assert source.join("", wait=True) is None
    assert states(engine) == [(RUNNING, 1), (RUNNING, 0), (JobState.QUEUED, 0)]
    assert source.finish(finished(first))
    second = source.next()
    assert second and second.id == jobs(engine)[1].id
    assert states(engine)[:2] == [(RUNNING, 1), (RUNNING, 1)]


def test_jobs_that_the_model_failed_at_are_given_again_by_themselves_and_charged_once(
    engine: Engine, source: JobSource
) -> None:
    first, second = source.next(), source.join("", wait=True)
    source.retry_exclusively(ValueError("at one of them"))
    assert source.unfinished == []
    for joined in (first, second):
        again = source.next()
        assert joined and again and again.id == joined.id
        assert (again.group, again.prepared) == (None, joined.prepared)
        assert not source.is_joint and len(source.unfinished) == 1
        result = source.finish(finished(again))
        assert result and result.claim.job_id == again.id
    assert states(engine)[:2] == [(RUNNING, 1), (RUNNING, 1)]


def test_a_job_that_is_lost_is_not_written(engine: Engine, source: JobSource) -> None:
    first, second = source.next(), source.join("", wait=True)
    assert first and second
    source._context.heartbeat.drop(source.unfinished[0])
    assert not source.drop_lost(), "another is left"
    assert source.finish(finished(first)) is None
    source._context.heartbeat.drop(source.unfinished[0])
    with Scoreboard().slot(0, 1).computing(60) as deadline, pytest.raises(Interruption):
        JobProgress(deadline, source).tick()
    assert source.finish(finished(second)) is None
