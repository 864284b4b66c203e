"""A stream of jobs: one is begun before the one before is done, and each fault finds its owner."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select, update

from schema.database import reading, writing
from schema.ledger.cancel import cancel
from schema.ledger.claim import Claim
from schema.ledger.pause import pause, resume
from schema.ledger.reap import LOST
from schema.process import this_process
from schema.readiness import register
from schema.results.sentiment import SentimentRow
from schema.tables import DeadLetter, Job, JobState
from tests.ledger import jobs, make_run
from tests.waiting import wait_until
from tests.workers.burst import NAME, PATIENCE, Child, states
from tests.workers.streamed import Streamed
from workers import clerk as clerk_module
from workers import job as job_module
from workers import job_stream as job_stream_module
from workers.beat import Beat
from workers.board import Board
from workers.faults import WorkerFault
from workers.patience import Interrupted

DONE, RUNNING, PENDING = JobState.DONE, JobState.RUNNING, JobState.PENDING


@pytest.fixture
def streamed(engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch) -> Child:
    """A child whose analysis takes a stream."""
    monkeypatch.setattr(job_stream_module, "LOOK_AGAIN", 0)
    return Child(engine, Board(), Streamed())


def analysis_of(child: Child) -> Streamed:
    assert isinstance(child.analysis, Streamed)
    return child.analysis


def labels(engine: Engine) -> list[str]:
    """By document: how many characters it has."""
    with reading(engine) as connection:
        ordered = select(SentimentRow.label).order_by(SentimentRow.document_id)
        return list(connection.execute(ordered).scalars())


def letters(engine: Engine) -> list[tuple[str, int]]:
    with reading(engine) as connection:
        found = connection.execute(select(DeadLetter.error_class, DeadLetter.attempts))
        return [(row.error_class, row.attempts) for row in found]


def test_jobs_are_begun_while_others_are_computed_and_each_is_written_when_it_is_done(
    engine: Engine, streamed: Child
) -> None:
    make_run(engine, ["first", "second", "3", "44"], job_size=1)
    streamed.send()
    seen: list[list[tuple[str, int]]] = []
    streamed.analysis.on_forward["first"] = lambda: seen.append(states(engine))
    streamed.analysis.on_forward["44"] = lambda: wait_until(
        lambda: states(engine)[:3] == [(DONE, 1)] * 3, PATIENCE
    )
    streamed.work()
    assert seen == [[(RUNNING, 1)] * 4]
    assert states(engine) == [(DONE, 1)] * 4
    assert labels(engine) == ["5", "6", "1", "2"]
    assert analysis_of(streamed).alone == []
    assert streamed.limit() == 0


def test_no_more_are_begun_than_are_wanted(engine: Engine, child: Child) -> None:
    child = Child(engine, Board(), Streamed(wants=2))
    make_run(engine, [str(number) for number in range(6)], job_size=1)
    child.send()
    begun: list[int] = []

    def look() -> None:
        begun.append(sum(job.started_at is not None for job in jobs(engine)))

    child.analysis.on_forward["0"] = look
    child.work()
    assert begun == [2]
    assert states(engine) == [(DONE, 1)] * 6


def test_a_stream_has_messages_sent_that_nobody_has_sent_yet(
    engine: Engine, streamed: Child
) -> None:
    make_run(engine, [str(number) for number in range(9)], job_size=1)
    streamed.send(1)
    streamed.work()
    assert states(engine) == [(DONE, 1)] * 9


def test_a_job_that_was_tried_before_goes_alone(engine: Engine, streamed: Child) -> None:
    make_run(engine, ["first", "second", "third"], job_size=1)
    with writing(engine) as connection:
        connection.execute(update(Job).where(Job.id == jobs(engine)[1].id).values(attempts=1))
    streamed.send()
    seen: list[list[int]] = []

    def look() -> None:
        seen.append([attempts for _, attempts in states(engine)])

    for text in ("first", "second", "third"):
        streamed.analysis.on_forward[text] = look
    streamed.work()
    # It is not begun while another is computed, and while it is, no other is begun.
    assert seen == [[1, 1, 0], [1, 2, 0], [1, 2, 1]]
    assert analysis_of(streamed).alone == ["second"]
    assert states(engine) == [(DONE, 1), (DONE, 2), (DONE, 1)]


def test_where_one_attempt_is_all_there_is_every_job_goes_alone(
    engine: Engine, streamed: Child
) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    streamed.send()
    streamed.runner._config = streamed.runner._config.model_copy(update={"max_attempts": 1})
    streamed.work()
    assert analysis_of(streamed).alone == ["first", "second"]
    assert states(engine) == [(DONE, 1)] * 2


def test_a_document_that_fails_is_charged_and_no_job_beside_it(
    engine: Engine, streamed: Child, caplog: pytest.LogCaptureFixture
) -> None:
    make_run(engine, ["first", "bad word", "fine", "last"], job_size=1)
    streamed.analysis.errors["forward", "bad"] = ValueError("bad word")
    streamed.send()
    streamed.work()
    assert states(engine) == [(DONE, 1)] * 4
    assert letters(engine) == [("ValueError", 1)]
    assert labels(engine) == ["5", "4", "4"]
    # What was done by then is not done again.
    assert "first" not in analysis_of(streamed).alone
    assert "ValueError in a stream" in caplog.text
    assert "bad word" not in caplog.text


def test_jobs_that_do_not_fit_the_memory_together_are_computed_one_by_one_from_then_on(
    engine: Engine, streamed: Child, caplog: pytest.LogCaptureFixture
) -> None:
    make_run(engine, ["first", "much", "third"], job_size=1)
    streamed.send()
    full = [MemoryError()]

    def fill() -> None:
        if full:
            raise full.pop()

    streamed.analysis.on_forward["much"] = fill
    streamed.work()
    assert states(engine) == [(DONE, 1)] * 3
    assert analysis_of(streamed).alone == ["much", "third"]
    assert "do not fit the memory" in caplog.text
    make_run(engine, ["later"], name="later")
    streamed.send()
    assert streamed.messages.take("sentiment")
    streamed.runner.job("sentiment", jobs(engine)[-1].id)
    assert analysis_of(streamed).alone[-1] == "later"


def held_by_the_beat() -> Beat:
    beat = next(one for one in threading.enumerate() if one.name == "beat")
    held: Beat = beat._target.__self__  # type: ignore[attr-defined]
    return held


def test_a_lost_claim_costs_the_jobs_beside_it_nothing(engine: Engine, streamed: Child) -> None:
    make_run(engine, ["first", "second", "third"], job_size=1)
    streamed.send()

    def take_away() -> None:
        with writing(engine) as connection:
            taken = update(Job).where(Job.id == jobs(engine)[0].id)
            connection.execute(taken.values(fence=Job.fence + 1, worker="node/1"))
        wait_until(lambda: len(held_by_the_beat().held) == 2, PATIENCE)

    streamed.analysis.on_forward["first"] = take_away
    streamed.work()
    assert [job.worker for job in jobs(engine)] == ["node/1", NAME, NAME]
    assert states(engine) == [(RUNNING, 1), (DONE, 1), (DONE, 1)]
    assert analysis_of(streamed).alone == []
    assert labels(engine) == ["6", "5"]


def test_when_all_claims_are_lost_the_stream_ends(engine: Engine, streamed: Child) -> None:
    run = make_run(engine, ["first", "second"], job_size=1)
    streamed.send()

    def stop() -> None:
        cancel(engine, run)
        wait_until(lambda: not held_by_the_beat().held, PATIENCE)

    streamed.analysis.on_forward["first"] = stop
    streamed.work()
    assert states(engine) == [(JobState.CANCELLED, 1)] * 2
    assert streamed.computed == ["first"]


def test_a_job_of_a_run_that_was_cancelled_is_not_begun(engine: Engine, child: Child) -> None:
    child = Child(engine, Board(), Streamed(wants=2))
    _, _, other = (make_run(engine, [text], name=text) for text in "abc")
    child.send()
    child.analysis.on_forward["a"] = lambda: cancel(engine, other)
    child.work()
    assert states(engine) == [(DONE, 1), (DONE, 1), (JobState.CANCELLED, 0)]
    assert child.computed == ["a", "b"]


@pytest.mark.parametrize(
    "fault", [WorkerFault("no model"), Interrupted("told"), SystemExit(0)], ids=repr
)
def test_whatever_ends_a_stream_charges_nobody(
    engine: Engine, streamed: Child, fault: BaseException
) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    streamed.send()

    def fail() -> None:
        raise fault

    if isinstance(fault, Interrupted):
        # As from whoever waits for the database.
        streamed.runner._writer.write = lambda *_: fail()  # type: ignore[method-assign]
    else:
        streamed.analysis.on_forward["first"] = fail
    if isinstance(fault, WorkerFault):
        streamed.work()
    else:
        with pytest.raises(type(fault)):
            streamed.work()
    assert [attempts for _, attempts in states(engine)] == [0, 0]
    assert all(state in (PENDING, JobState.QUEUED) for state, _ in states(engine))


def test_a_node_that_ends_begins_no_more(engine: Engine, child: Child) -> None:
    child = Child(engine, Board(), Streamed(wants=2))
    make_run(engine, ["a", "b", "c", "d"], job_size=1)
    child.send()
    child.analysis.on_forward["a"] = lambda: child.board.stop(grace=60)
    child.work()
    assert states(engine)[:2] == [(DONE, 1)] * 2
    assert [attempts for _, attempts in states(engine)[2:]] == [0, 0]
    assert child.computed == ["a", "b"]


@pytest.mark.parametrize("text", ["first", "second"])
def test_a_lost_device_ends_the_child_and_charges_all_that_may_have_done_it(
    engine: Engine, streamed: Child, text: str
) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    streamed.send()

    def fail() -> None:
        raise RuntimeError("CUDA error: device-side assert triggered")

    streamed.analysis.on_forward[text] = fail
    engine.dispose()
    pid = os.fork()
    if pid == 0:
        streamed.work()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    left = [job for job in jobs(engine) if job.state == RUNNING]
    assert len(left) == (2 if text == "first" else 1)
    assert {(job.error_class, job.attempts) for job in left} == {("DeviceFault", 1)}


def test_a_job_that_must_not_begin_is_let_go_at_once(
    engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_stream_module, "LOOK_AGAIN", 0)
    child = Child(engine, Board(), Streamed(wants=2))
    _, paused, _, _ = (make_run(engine, [text], name=text) for text in ("a", "bb", "c", "d"))
    begin, seen = clerk_module.begin, []

    def paused_just_now(database: Engine, claim: Claim) -> Claim | None:
        if claim.run_id == paused and not seen:
            pause(engine, paused)
        return begin(database, claim)

    def look() -> None:
        seen.append(states(engine)[1])
        resume(engine, paused)

    monkeypatch.setattr(clerk_module, "begin", paused_just_now)
    child.analysis.on_forward["c"] = look
    child.send()
    child.work()
    assert seen == [(PENDING, 0)]
    # Resumed, it is done by the same stream.
    assert states(engine) == [(DONE, 1)] * 4
    assert analysis_of(child).alone == []


def test_a_stream_has_so_many_jobs_at_the_most(
    engine: Engine, streamed: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_stream_module, "MOST_JOBS", 3)
    make_run(engine, [str(number) for number in range(8)], job_size=1)
    begun: list[int] = []

    def look() -> None:
        open_ones = [job for job in jobs(engine) if job.started_at and job.state == RUNNING]
        begun.append(len(open_ones))

    for number in range(8):
        streamed.analysis.on_forward[str(number)] = look
    streamed.send()
    streamed.work()
    # One more may be done already, and not yet written.
    assert begun[0] == 3 and max(begun) <= 4
    assert states(engine) == [(DONE, 1)] * 8


def test_other_workers_have_their_share(engine: Engine, streamed: Child) -> None:
    others = replace(this_process(), machine="elsewhere")
    register(engine, "other/0", others, ["sentiment"], LOST)
    make_run(engine, [str(number) for number in range(8)], job_size=1)
    begun: list[int] = []

    def look() -> None:
        begun.append(sum(job.started_at is not None for job in jobs(engine)))

    streamed.analysis.on_forward["0"] = look
    streamed.send()
    streamed.work()
    assert begun == [4]


def test_a_job_too_long_on_its_way_is_not_joined_by_others(engine: Engine, streamed: Child) -> None:
    """Where one lane hangs, the others come to their end, and the parent sees it."""
    streamed.runner._config = streamed.runner._config.model_copy(update={"batch_timeout": -1.0})
    make_run(engine, ["a", "b", "c"], job_size=1)
    streamed.send()
    begun: list[int] = []

    def look() -> None:
        begun.append(sum(job.started_at is not None for job in jobs(engine)))

    streamed.analysis.on_forward["a"] = look
    streamed.work()
    assert begun == [1]
    assert states(engine) == [(DONE, 1)] * 3


def test_other_queues_of_the_node_have_their_turn(
    engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_module, "BURST", 0)
    child = Child(engine, Board(), Streamed(wants=2))
    child.runner._engines = dict(child.runner._engines) | {"qa": child.runner._engines["sentiment"]}
    make_run(engine, [str(number) for number in range(6)], job_size=1)
    child.send()
    asked: list[Callable[[], None]] = [lambda: child.messages.publish("qa", [999_999])]
    child.analysis.on_forward["2"] = lambda: asked.pop()()
    child.work()
    computed = len(child.computed)
    # Nobody else waited, so it went on; until somebody did. What was in hand then is done.
    assert 3 <= computed < 6
    assert [state for state, _ in states(engine)] == [DONE] * computed + [JobState.QUEUED] * (
        6 - computed
    )
