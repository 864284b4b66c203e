"""What ends a burst charges nobody but the job that was computed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select, update

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.database import reading, writing
from schema.database.clock import after
from schema.ledger.cancel import cancel
from schema.ledger.pause import pause
from schema.ledger.reap import reap
from schema.settings import Settings
from schema.status.workers import all_worker_status
from schema.tables import DeadLetter, Job, JobState
from tests.support.burst import NAME, PATIENCE, Child, states, wait_until_prefetched
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until
from workers.child import prefetch as ahead_module
from workers.child.retry import NodeStopping
from workers.errors import DeviceLostError, WorkerError
from workers.node.redis_outage import RedisOutage


def work_apart(engine: Engine, child: Child) -> int:
    """Work in a process of its own; how it ended."""
    engine.dispose()
    pid = os.fork()
    if pid == 0:
        child.work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_node_that_ends_begins_no_more(engine: Engine, child: Child) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()

    def end() -> None:
        wait_until_prefetched(engine)
        child.board.stop(grace=60)

    child.analysis.on_forward["first"] = end
    child.work()
    assert states(engine) == [(JobState.DONE, 1), (JobState.PENDING, 0)]
    assert child.computed == ["first"]


@pytest.mark.parametrize(
    ("fault", "state", "attempts"),
    [
        (WorkerError("no model"), JobState.QUEUED, 0),
        (NodeStopping("told"), JobState.PENDING, 0),
        (SystemExit(0), JobState.PENDING, 0),
    ],
)
def test_whatever_ends_a_burst_what_was_taken_ahead_goes_back(
    engine: Engine, child: Child, fault: BaseException, state: JobState, attempts: int
) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()

    def fail(*_: object) -> None:
        wait_until_prefetched(engine)
        raise fault

    child.analysis.on_forward["first"] = fail
    if isinstance(fault, NodeStopping):
        # An error of any other kind is held against the document.
        child.engine._compute_alone = fail  # type: ignore[assignment, method-assign]
    if isinstance(fault, WorkerError):
        child.work()
        with reading(engine) as connection:
            assert all_worker_status(connection)[0].reason == "no model"
    else:
        with pytest.raises(type(fault)):
            child.work()
    assert states(engine) == [(state, attempts), (state, 0)]
    assert child.computed == []


def test_an_unknown_fault_is_charged_to_the_job_that_was_computed(
    engine: Engine, child: Child
) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()

    def fail(*_arguments: object) -> None:
        wait_until_prefetched(engine)
        raise TypeError

    child.engine._compute_alone = fail  # type: ignore[assignment, method-assign]
    child.work()
    assert states(engine) == [(JobState.RUNNING, 1), (JobState.PENDING, 0)]
    assert [job.error_class for job in jobs(engine)] == ["TypeError", None]


def test_a_lost_device_ends_the_child_and_charges_the_one_job(engine: Engine, child: Child) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()

    def fail() -> None:
        wait_until_prefetched(engine)
        raise DeviceLostError("the device is gone")

    child.analysis.on_forward["first"] = fail
    assert work_apart(engine, child) == 1
    assert states(engine) == [(JobState.RUNNING, 1), (JobState.PENDING, 0)]
    assert [job.error_class for job in jobs(engine)] == ["DeviceLostError", None]


def test_who_dies_of_what_was_tokenised_beside_him_is_tried_with_nothing_beside_him(
    engine: Engine, child: Child
) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()
    child.analysis.on_prepare["second"] = lambda: os.kill(os.getpid(), signal.SIGKILL)
    child.analysis.on_forward["first"] = lambda: threading.Event().wait(PATIENCE)
    assert work_apart(engine, child) == -signal.SIGKILL
    assert states(engine) == [(JobState.RUNNING, 1), (JobState.RUNNING, 0)]
    with writing(engine) as connection:
        connection.execute(update(Job).values(lease_until=after(-1)))
    reap(engine, max_attempts=3)
    child.send()
    del child.analysis.on_forward["first"]
    assert work_apart(engine, child) == 0
    assert states(engine) == [(JobState.DONE, 2), (JobState.QUEUED, 0)]


@pytest.mark.parametrize(
    ("command", "state"), [(cancel, JobState.CANCELLED), (pause, JobState.PENDING)]
)
def test_a_job_taken_ahead_is_not_begun_when_its_run_is_cancelled_or_paused(
    engine: Engine, child: Child, command: Callable[[Engine, int], object], state: JobState
) -> None:
    make_run(engine, ["first"], name="one")
    other = make_run(engine, ["second"], name="two")
    child.send()

    def stop() -> None:
        wait_until_prefetched(engine)
        command(engine, other)

    child.analysis.on_forward["first"] = stop
    child.work()
    assert states(engine) == [(JobState.DONE, 1), (state, 0)]
    assert child.computed == ["first"]


def test_a_lost_claim_ends_the_burst_and_the_next_job_goes_back(
    engine: Engine, child: Child
) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()
    child.analysis.tells = 1

    def take_away() -> None:
        wait_until_prefetched(engine)
        with writing(engine) as connection:
            taken = update(Job).where(Job.id == jobs(engine)[0].id)
            connection.execute(taken.values(fence=Job.fence + 1, worker="node/1"))
        # The heartbeat finds it out.
        wait_until(lambda: len(child.context.heartbeat.held) == 1, PATIENCE)

    child.analysis.on_forward["first"] = take_away
    child.work()
    assert [job.state for job in jobs(engine)] == [JobState.RUNNING, JobState.PENDING]
    assert [job.worker for job in jobs(engine)] == ["node/1", NAME]
    assert jobs(engine)[1].attempts == 0


def test_a_document_that_cannot_be_tokenised_ahead_is_charged_in_its_own_job(
    engine: Engine, child: Child
) -> None:
    make_run(engine, ["first", "bad", "fine"], job_size=2)
    child.analysis.errors["prepare", "bad"] = ValueError()
    make_run(engine, ["other", "bad"], job_size=2, name="two")
    child.send()
    child.work()
    assert states(engine) == [(JobState.DONE, 1)] * 3
    with reading(engine) as connection:
        letters = connection.execute(select(DeadLetter.error_class, DeadLetter.attempts)).all()
    assert letters == [("ValueError", 1)] * 2


def test_without_redis_a_job_is_done_all_the_same(
    engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_run(engine, ["first"], job_size=1)
    away = Messages(
        make_app(Settings(redis_url=SecretStr("redis://127.0.0.1:1/0")), redis_timeout=0.2)
    )
    child.send()
    monkeypatch.setattr(child.ledger, "_messages", away)
    monkeypatch.setattr(ahead_module, "redis_outage", RedisOutage())
    child.work()
    assert states(engine) == [(JobState.DONE, 1)]
    assert "Redis does not answer" in caplog.text
