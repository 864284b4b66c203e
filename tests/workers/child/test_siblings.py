"""A child claims the sibling jobs of a message's, computes them in one pass, and writes each."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from schema.database import reading, writing
from schema.database.clock import after
from schema.ledger.cancel import cancel
from schema.ledger.dispatch import dispatch
from schema.ledger.pause import pause
from schema.ledger.reap import reap
from schema.options import RunOptions
from schema.results.entity import EntityRow
from schema.results.sentiment import SentimentRow
from schema.tables import DeadLetter, Job, JobState
from schema.verification import verify
from tests.support.burst import Child
from tests.support.ledger import jobs, make_run
from tests.support.shared_heads import POISON, Passes, engines_of, is_poisoned
from workers.child import failure_policy, job_source, prefetch
from workers.encoders.analysis import EncoderAnalysis
from workers.encoders.interface import Floats, Row
from workers.errors import DeviceLostError, WorkerError

ANALYSES = ("sentiment", "entities")
TEXTS = ["the parcel is broken", "Berlin", "Anna is er, in Berlin!", "where is it"]
DONE, RUNNING, PENDING, QUEUED = (
    *(JobState.DONE, JobState.RUNNING, JobState.PENDING),
    JobState.QUEUED,
)


@pytest.fixture
def sharing(child: Child, heads: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Child:
    """A child with two analyses that share their encoder."""
    monkeypatch.setattr(job_source, "EMPTY_QUEUE_SECONDS", 0)
    # Messages of siblings wait in the other queue, and would end a burst on a slow machine.
    for turn in ("TURN", "URGENT_TURN", "LATER_TURN"):
        monkeypatch.setattr(prefetch, turn, 600.0)
    child.engines.update(engines_of(heads))
    return child


def send(engine: Engine, child: Child, window: int = 100) -> None:
    for analysis in ANALYSES:
        dispatch(engine, child.messages.publish, analysis, window)


def take(child: Child, analysis: str = "sentiment") -> int:
    """The job of the next message, as Celery would have it."""
    found = child.ledger.next_message(analysis)
    assert found
    return found[1]


def states(engine: Engine) -> list[tuple[str, str, int]]:
    return [(job.analysis, job.state, job.attempts) for job in jobs(engine)]


def written(engine: Engine) -> tuple[int, int]:
    """Documents with a sentiment, and with entities."""
    with reading(engine) as connection:
        sentiments = connection.execute(select(SentimentRow.document_id)).scalars()
        entities = connection.execute(select(EntityRow.document_id)).scalars()
        return len(list(sentiments)), len(set(entities))


def letters(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        found = connection.execute(
            select(DeadLetter.analysis, DeadLetter.error_class).order_by(DeadLetter.analysis)
        )
        return [(row.analysis, row.error_class) for row in found]


def expected_entities(child: Child, texts: Sequence[str]) -> int:
    """Texts in which the tiny model finds anything."""
    from tests.support.collected import documents_of

    found = child.engines["entities"].run(documents_of(list(texts)), RunOptions())
    return sum(bool(one) for one in found)


@pytest.mark.parametrize("lead", ANALYSES)
def test_one_message_does_the_jobs_of_both_in_one_pass(
    engine: Engine, sharing: Child, passes: Passes, lead: str
) -> None:
    make_run(engine, TEXTS, ANALYSES, job_size=2)
    send(engine, sharing)
    some = expected_entities(sharing, TEXTS)
    assert some
    passes.rows.clear()
    sharing.runner.run_message(lead, take(sharing, lead))
    assert {(state, attempts) for _, state, attempts in states(engine)} == {(DONE, 1)}
    assert sum(passes.rows) == len(TEXTS)
    assert written(engine) == (len(TEXTS), some)
    with reading(engine) as connection:
        assert verify(connection) == []


def test_the_messages_of_siblings_find_nothing_to_claim(
    engine: Engine, sharing: Child, passes: Passes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    make_run(engine, TEXTS, ANALYSES)
    send(engine, sharing)
    sharing.runner.run_message("sentiment", take(sharing))
    done = take(sharing, "entities")
    sharing.runner.run_message("entities", done)
    assert f"job {done}: nothing to claim" in caplog.text
    assert passes.rows == [len(TEXTS)]
    assert states(engine) == [("sentiment", DONE, 1), ("entities", DONE, 1)]


def test_a_sibling_that_is_done_or_elsewhere_is_not_in_it(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    make_run(engine, TEXTS, ANALYSES, job_size=2)
    _, done, _, elsewhere = jobs(engine)
    with writing(engine) as connection:
        for job, state in ((done, DONE), (elsewhere, RUNNING)):
            connection.execute(update(Job).where(Job.id == job.id).values(state=state))
    send(engine, sharing)
    sharing.runner.run_message("sentiment", take(sharing))
    assert [state for _, state, _ in states(engine)] == [DONE, DONE, DONE, RUNNING]
    assert written(engine) == (len(TEXTS), 0)
    assert sum(passes.rows) == len(TEXTS)


def test_a_job_that_was_tried_goes_by_itself_and_so_does_a_sibling_that_was(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    make_run(engine, TEXTS, ANALYSES)
    with writing(engine) as connection:
        connection.execute(update(Job).where(Job.analysis == "entities").values(attempts=1))
    send(engine, sharing)
    sharing.runner.run_message("sentiment", take(sharing))
    assert states(engine) == [("sentiment", DONE, 1), ("entities", QUEUED, 1)]
    sharing.runner.run_message("entities", take(sharing, "entities"))
    assert states(engine) == [("sentiment", DONE, 1), ("entities", DONE, 2)]
    assert sum(passes.rows) == 2 * len(TEXTS)


def test_where_one_attempt_is_all_there_is_no_sibling_comes_along(
    engine: Engine, sharing: Child
) -> None:
    alone = Child(engine, sharing.board, max_attempts=1)
    alone.engines.update(sharing.engines)
    make_run(engine, TEXTS, ANALYSES)
    send(engine, alone)
    alone.runner.run_message("sentiment", take(alone))
    assert states(engine) == [("sentiment", DONE, 1), ("entities", QUEUED, 0)]


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
    analysis = sharing.engines["entities"].analysis
    assert isinstance(analysis, EncoderAnalysis)
    real = analysis.read

    def read(windows: Sequence[Any], logits: Floats) -> list[Any]:
        if is_poisoned([window.features for window in windows]):
            raise ValueError("the head")
        return real(windows, logits)

    monkeypatch.setattr(analysis, "read", read)
    make_run(engine, [*TEXTS, POISON], ANALYSES)
    send(engine, sharing)
    sharing.runner.run_message("sentiment", take(sharing))
    assert states(engine) == [("sentiment", DONE, 1), ("entities", DONE, 1)]
    assert letters(engine) == [("entities", "ValueError")]
    assert written(engine)[0] == len(TEXTS) + 1


def test_a_job_that_is_lost_is_not_written_and_its_sibling_is(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    make_run(engine, TEXTS, ANALYSES)
    send(engine, sharing)

    def lose(rows: Sequence[Row]) -> None:
        """As after a reaper and a claim elsewhere."""
        with writing(engine) as connection:
            lost = update(Job).where(Job.analysis == "sentiment")
            connection.execute(lost.values(fence=Job.fence + 1, worker="elsewhere"))

    passes.before = lose
    sharing.runner.run_message("sentiment", take(sharing))
    assert states(engine) == [("sentiment", RUNNING, 1), ("entities", DONE, 1)]
    assert written(engine)[0] == 0


def test_a_cancelled_run_has_nothing_written(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    run = make_run(engine, TEXTS, ANALYSES)
    send(engine, sharing)
    passes.before = lambda rows: cancel(engine, run)
    sharing.runner.run_message("sentiment", take(sharing))
    assert {state for _, state, _ in states(engine)} == {JobState.CANCELLED}
    assert written(engine) == (0, 0)


def test_a_run_that_is_paused_has_what_runs_finished(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    run = make_run(engine, TEXTS, ANALYSES)
    send(engine, sharing)
    passes.before = lambda rows: pause(engine, run)
    sharing.runner.run_message("sentiment", take(sharing))
    assert states(engine) == [("sentiment", DONE, 1), ("entities", DONE, 1)]


def test_a_prefetched_job_and_its_siblings_are_charged_when_they_begin(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    make_run(engine, TEXTS, ANALYSES, job_size=1)
    send(engine, sharing)
    sharing.runner.run_message("sentiment", take(sharing))
    assert {(state, attempts) for _, state, attempts in states(engine)} == {(DONE, 1)}
    assert sum(passes.rows) == len(TEXTS)


def test_a_prefetched_job_of_a_paused_run_goes_back_with_its_siblings(
    engine: Engine, sharing: Child, passes: Passes
) -> None:
    run = make_run(engine, TEXTS[:2], ANALYSES, job_size=1)
    send(engine, sharing)
    first = take(sharing)

    def stop(rows: Sequence[Row]) -> None:
        if sharing.context.prefetcher.is_pending:
            sharing.context.prefetcher._pending.result()  # type: ignore[union-attr]
        pause(engine, run)

    passes.before = stop
    sharing.runner.run_message("sentiment", first)
    counted: dict[str, set[tuple[str, int]]] = {}
    for analysis, state, attempts in states(engine):
        counted.setdefault(analysis, set()).add((state, attempts))
    assert counted == {name: {(DONE, 1), (PENDING, 0)} for name in ANALYSES}


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
