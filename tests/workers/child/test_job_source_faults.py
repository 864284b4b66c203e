"""What goes wrong among jobs that are computed together finds its owner, and costs nobody else."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import Engine, update

from schema.database import writing
from schema.ledger.begin import begin
from schema.ledger.cancel import cancel
from schema.ledger.claim import Claim
from schema.ledger.pause import pause, resume
from schema.tables import Job, JobState
from tests.support.burst import NAME, PATIENCE, Child, states
from tests.support.ledger import jobs, make_run
from tests.support.streamed import Streamed, analysis_of, labels, letters
from tests.support.waiting import wait_until
from workers.child import job_source, ledger_client
from workers.child.retry import NodeStopping
from workers.errors import WorkerError
from workers.node.scoreboard import Scoreboard

DONE, RUNNING, PENDING = JobState.DONE, JobState.RUNNING, JobState.PENDING


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
    assert "ValueError while jobs were computed together" in caplog.text
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
    streamed.runner.run_message("sentiment", jobs(engine)[-1].id)
    assert analysis_of(streamed).alone[-1] == "later"


def test_a_lost_claim_costs_the_jobs_beside_it_nothing(engine: Engine, streamed: Child) -> None:
    make_run(engine, ["first", "second", "third"], job_size=1)
    streamed.send()

    def take_away() -> None:
        with writing(engine) as connection:
            taken = update(Job).where(Job.id == jobs(engine)[0].id)
            connection.execute(taken.values(fence=Job.fence + 1, worker="node/1"))
        wait_until(lambda: len(streamed.context.heartbeat.held) == 2, PATIENCE)

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
        wait_until(lambda: not streamed.context.heartbeat.held, PATIENCE)

    streamed.analysis.on_forward["first"] = stop
    streamed.work()
    assert states(engine) == [(JobState.CANCELLED, 1)] * 2
    assert streamed.computed == ["first"]


def test_a_job_of_a_run_that_was_cancelled_is_not_begun(engine: Engine, child: Child) -> None:
    child = Child(engine, Scoreboard(), Streamed(queue_target=2))
    _, _, other = (make_run(engine, [text], name=text) for text in "abc")
    child.send()
    child.analysis.on_forward["a"] = lambda: cancel(engine, other)
    child.work()
    assert states(engine) == [(DONE, 1), (DONE, 1), (JobState.CANCELLED, 0)]
    assert child.computed == ["a", "b"]


@pytest.mark.parametrize(
    "fault", [WorkerError("no model"), NodeStopping("told"), SystemExit(0)], ids=repr
)
def test_whatever_ends_a_stream_charges_nobody(
    engine: Engine, streamed: Child, fault: BaseException
) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    streamed.send()

    def fail() -> None:
        raise fault

    if isinstance(fault, NodeStopping):
        # As from whoever waits for the database.
        streamed.context.writer.put = lambda *_: fail()  # type: ignore[method-assign]
    else:
        streamed.analysis.on_forward["first"] = fail
    if isinstance(fault, WorkerError):
        streamed.work()
    else:
        with pytest.raises(type(fault)):
            streamed.work()
    assert [attempts for _, attempts in states(engine)] == [0, 0]
    assert all(state in (PENDING, JobState.QUEUED) for state, _ in states(engine))


def test_a_node_that_ends_begins_no_more(engine: Engine, child: Child) -> None:
    child = Child(engine, Scoreboard(), Streamed(queue_target=2))
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
    assert {(job.error_class, job.attempts) for job in left} == {("DeviceLostError", 1)}


def test_a_job_that_must_not_begin_is_let_go_at_once(
    engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_source, "EMPTY_QUEUE_SECONDS", 0)
    child = Child(engine, Scoreboard(), Streamed(queue_target=2))
    _, paused, _, _ = (make_run(engine, [text], name=text) for text in ("a", "bb", "c", "d"))
    seen: list[object] = []

    def paused_just_now(database: Engine, claim: Claim) -> Claim | None:
        if claim.run_id == paused and not seen:
            pause(engine, paused)
        return begin(database, claim)

    def look() -> None:
        seen.append(states(engine)[1])
        # Whoever has looked for a job by now has not found this one.
        wait_until(lambda: child.context.prefetcher.is_ready, PATIENCE)
        resume(engine, paused)

    monkeypatch.setattr(ledger_client, "begin", paused_just_now)
    child.analysis.on_forward["c"] = look
    child.send()
    child.work()
    assert seen == [(PENDING, 0)]
    # Resumed, it is done by the same stream.
    assert states(engine) == [(DONE, 1)] * 4
    assert analysis_of(child).alone == []
