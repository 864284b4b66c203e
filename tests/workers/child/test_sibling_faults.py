"""What goes wrong while sibling jobs are computed in one pass is charged to whom it belongs to."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from schema.database import reading, writing
from schema.database.clock import after
from schema.ledger.reap import reap
from schema.tables import DeadLetter, Job, JobState
from tests.support.burst import Child
from tests.support.ledger import jobs, make_run
from tests.support.shared_heads import POISON, Passes, fail_at_poison, is_poisoned
from tests.support.sibling_jobs import ANALYSES, TEXTS, send, states, take, written
from workers.child import failure_policy
from workers.encoders.analysis import EncoderAnalysis
from workers.encoders.interface import Floats, Row
from workers.errors import DeviceLostError, WorkerError

DONE, RUNNING, PENDING, QUEUED = (
    *(JobState.DONE, JobState.RUNNING, JobState.PENDING),
    JobState.QUEUED,
)


def letters(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        found = connection.execute(
            select(DeadLetter.analysis, DeadLetter.error_class).order_by(DeadLetter.analysis)
        )
        return [(row.analysis, row.error_class) for row in found]


def test_a_poisoned_document_is_a_dead_letter_of_each_job(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    def fail(rows: Sequence[Row]) -> None:
        if is_poisoned(rows):
            raise ValueError("poison")

    passes.before = fail
    make_run(engine, [*TEXTS, POISON], ANALYSES)
    send(engine, sharing)
    sharing.runner.run_message("sentiment", take(sharing))
    assert states(engine) == [("sentiment", DONE, 1), ("entities", DONE, 1)]
    assert letters(engine) == [("entities", "ValueError"), ("sentiment", "ValueError")]
    assert written(engine)[0] == len(TEXTS)


def break_head(
    monkeypatch: pytest.MonkeyPatch, child: Child, analysis: str, error: Exception
) -> None:
    """Have the head of an analysis fail, until the block of the patch is left."""

    def read(windows: Sequence[Any], logits: Floats) -> list[Any]:
        raise error

    broken = child.engines[analysis].analysis
    assert isinstance(broken, EncoderAnalysis)
    monkeypatch.setattr(broken, "read", read)


@pytest.mark.parametrize("lead", ANALYSES)
def test_a_head_that_fails_costs_its_own_job_and_charges_nobody(
    engine: Engine, sharing: Child, monkeypatch: pytest.MonkeyPatch, lead: str
) -> None:
    make_run(engine, TEXTS, ANALYSES)
    send(engine, sharing)
    with monkeypatch.context() as patch:
        break_head(patch, sharing, "entities", ValueError("the head"))
        sharing.runner.run_message(lead, take(sharing, lead))
    (_, done, tried), (_, waits, charged) = states(engine)
    assert (done, tried) == (DONE, 1)
    # Whatever it is given fails: that is no document's fault, and the worker says so.
    assert waits in (PENDING, QUEUED) and charged == 0
    assert letters(engine) == []
    sharing.runner.run_message("entities", jobs(engine)[1].id)
    assert states(engine) == [("sentiment", DONE, 1), ("entities", DONE, 1)]


def test_a_head_that_fails_at_one_document_charges_that_in_its_own_job(
    engine: Engine, sharing: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_at_poison(monkeypatch, sharing.engines["entities"])
    make_run(engine, [*TEXTS, POISON], ANALYSES)
    send(engine, sharing)
    sharing.runner.run_message("sentiment", take(sharing))
    assert states(engine) == [("sentiment", DONE, 1), ("entities", DONE, 1)]
    assert letters(engine) == [("entities", "ValueError")]
    assert written(engine)[0] == len(TEXTS) + 1


def test_a_worker_that_cannot_work_gives_all_of_them_back(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    make_run(engine, TEXTS, ANALYSES)
    send(engine, sharing)

    def fail(rows: Sequence[Row]) -> None:
        raise WorkerError("no memory for the model")

    passes.before = fail
    sharing.runner.run_message("sentiment", take(sharing))
    assert {attempts for _, _, attempts in states(engine)} == {0}
    assert not {state for _, state, _ in states(engine)} & {RUNNING, DONE}


def test_a_lost_device_is_charged_to_all_of_them(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    make_run(engine, TEXTS, ANALYSES)
    send(engine, sharing)
    passes.before = _lose_device
    assert _work_in_a_fork(engine, sharing) == 1
    assert {(state, attempts) for _, state, attempts in states(engine)} == {(RUNNING, 1)}
    assert {job.error_class for job in jobs(engine)} == {"DeviceLostError"}


def test_a_killed_child_costs_each_one_attempt_and_then_they_go_by_themselves(
    engine: Engine, sharing: Child, passes: Passes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document that it dies of is found by the halving of each job, as ever."""
    monkeypatch.setattr(failure_policy, "MIN_BACKOFF_SECONDS", 0)
    make_run(engine, [*TEXTS[:1], POISON], ANALYSES)
    send(engine, sharing)

    def die(rows: Sequence[Row]) -> None:
        if is_poisoned(rows):
            os.kill(os.getpid(), signal.SIGKILL)

    passes.before = die
    assert _work_in_a_fork(engine, sharing) == -signal.SIGKILL
    assert states(engine) == [("sentiment", RUNNING, 1), ("entities", RUNNING, 1)]
    for _ in range(20):
        _reap(engine)
        waiting = [job for job in jobs(engine) if job.state in (PENDING, QUEUED)]
        if not waiting:
            break
        _run_in_a_fork(engine, sharing, waiting[0])
    ended = sorted((job.analysis, job.state, job.first_position) for job in jobs(engine))
    assert ended == [
        ("entities", JobState.DEAD, 1),
        ("entities", DONE, 0),
        ("sentiment", JobState.DEAD, 1),
        ("sentiment", DONE, 0),
    ]
    assert written(engine)[0] == 1


def _lose_device(rows: Sequence[Row]) -> None:
    raise DeviceLostError("the device is gone")


def _reap(engine: Engine) -> None:
    with writing(engine) as connection:
        running = update(Job).where(Job.state == RUNNING)
        connection.execute(running.values(lease_until=after(-1)))
    reap(engine, 3)


def _work_in_a_fork(engine: Engine, child: Child) -> int:
    return _run_in_a_fork(engine, child, jobs(engine)[0])


def _run_in_a_fork(engine: Engine, child: Child, job: Job) -> int:
    """Run one message in a process of its own; how that ended."""
    engine.dispose()
    pid = os.fork()
    if pid == 0:
        child.runner.run_message(job.analysis, job.id)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
