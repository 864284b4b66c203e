"""A burst of jobs: the next one is made ready and the last one written while this one is computed,
and what ends a burst charges nobody but the job that was computed.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from schema.celery_app import make_app
from schema.database import reading, writing
from schema.document import Document
from schema.ledger.cancel import cancel
from schema.ledger.dispatch import dispatch
from schema.ledger.pause import pause
from schema.ledger.reap import LOST
from schema.messages import Messages
from schema.options import RunOptions
from schema.process import this_process
from schema.readiness import all_readiness, ready, register
from schema.settings import Settings
from schema.tables import DeadLetter, Job, JobState
from tests.ledger import jobs, make_run
from tests.waiting import wait_until
from tests.workers.engine_analysis import CountingAnalysis
from workers import backoff
from workers import job as job_module
from workers.analysis import DocumentError, Window
from workers.board import _PLACE, Board, _offset
from workers.engine import Engine as Warm
from workers.faults import DeviceFault, WorkerFault
from workers.job import JobRunner
from workers.patience import Interrupted

NAME = "node/0"
PATIENCE = 30.0


class Watched(CountingAnalysis):
    """Does something first when a text is computed, or tokenised."""

    def __init__(self) -> None:
        super().__init__()
        self.on_forward: dict[str, Callable[[], object]] = {}
        self.on_prepare: dict[str, Callable[[], object]] = {}
        self.threads: set[tuple[str, bool]] = set()

    def _here(self, stage: str) -> None:
        self.threads.add((stage, threading.current_thread() is threading.main_thread()))

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        self._here("prepare")
        for document in documents:
            self.on_prepare.get(document.text, lambda: None)()
        return super().prepare(documents, options)

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Any]:
        self._here("forward")
        for window in windows:
            self.on_forward.get(window.features, lambda: None)()
        return super().forward(windows, on_progress)


class Child:
    """A child as Celery has it, with its queue."""

    def __init__(self, engine: Engine, board: Board) -> None:
        config = Settings(lease=30, heartbeat=0.05)
        self.analysis = Watched()
        self.messages = Messages(make_app(config))
        self.board = board
        self.runner = JobRunner(
            engine,
            {"sentiment": Warm(self.analysis)},
            self.messages,
            config,
            NAME,
            board.place(0, os.getpid()),
        )
        self._engine = engine

    def send(self, window: int = 100) -> None:
        """Messages for all that waits."""
        dispatch(self._engine, self.messages.publish, "sentiment", window)

    def work(self) -> None:
        """As Celery does with the first message."""
        assert self.messages.take("sentiment")
        self.runner.job("sentiment", jobs(self._engine)[0].id)

    def limit(self) -> float:
        """Until when the child says that it may be busy; 0 if it says nothing."""
        return float(_PLACE.unpack_from(self.board._page, _offset(0))[1])

    @property
    def computed(self) -> list[str]:
        return [text for batch in self.analysis.batches for text in batch]


@pytest.fixture
def child(engine: Engine, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Child:
    monkeypatch.setattr(backoff, "FIRST", 0.01)
    monkeypatch.setattr(job_module, "FIRST", 0)
    register(engine, NAME, this_process(), ["sentiment"], LOST)
    ready(engine, NAME)
    return Child(engine, Board())


def ahead(engine: Engine, place: int = 1) -> bool:
    """Whether a job is in hand, and not yet computed."""
    job = jobs(engine)[place]
    return (job.state, job.started_at, job.attempts) == (JobState.RUNNING, None, 0)


def wait_until_ahead(engine: Engine) -> None:
    wait_until(lambda: ahead(engine), PATIENCE)


def states(engine: Engine) -> list[tuple[str, int]]:
    return [(job.state, job.attempts) for job in jobs(engine)]


def test_the_next_job_is_tokenised_while_this_one_is_computed(engine: Engine, child: Child) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()
    tokenised = threading.Event()
    child.analysis.on_prepare["second"] = tokenised.set

    def wait() -> None:
        assert tokenised.wait(PATIENCE)
        assert ahead(engine)
        assert not child.messages.depth("sentiment"), "its message is used up"

    child.analysis.on_forward["first"] = wait
    child.work()
    assert states(engine) == [(JobState.DONE, 1)] * 2
    assert child.computed == ["first", "second"]
    # The first had nobody to look ahead for it; and models are the main thread's alone.
    assert child.analysis.threads == {("prepare", True), ("prepare", False), ("forward", True)}


def test_the_last_job_is_written_while_the_next_one_is_computed(
    engine: Engine, child: Child
) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()
    child.analysis.on_forward["second"] = lambda: wait_until(
        lambda: states(engine)[0] == (JobState.DONE, 1), PATIENCE
    )
    child.work()
    assert states(engine) == [(JobState.DONE, 1)] * 2


def test_jobs_are_computed_in_the_order_of_the_queue(engine: Engine, child: Child) -> None:
    make_run(engine, [str(number) for number in range(12)], job_size=1)
    child.send(3)
    child.work()
    assert child.computed == [str(number) for number in range(12)]
    assert states(engine) == [(JobState.DONE, 1)] * 12


def test_a_burst_ends_in_time_and_leaves_the_queue_as_it_is(
    engine: Engine, child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_module, "BURST", 0)
    make_run(engine, ["first", "second"], job_size=1)
    child.send()
    child.work()
    assert states(engine) == [(JobState.DONE, 1), (JobState.QUEUED, 0)]
    assert child.messages.depth("sentiment") == 1


def test_a_late_message_is_passed_over(engine: Engine, child: Child) -> None:
    make_run(engine, ["first", "second", "third"], job_size=1)
    child.send()
    # As when Redis is restarted: the first message comes a second time.
    child.messages.publish("sentiment", [jobs(engine)[0].id])
    child.analysis.on_forward["third"] = lambda: child.messages.publish("sentiment", [999_999])
    child.work()
    assert child.computed == ["first", "second", "third"]
    assert states(engine) == [(JobState.DONE, 1)] * 3


def test_tokenising_ahead_that_hangs_is_seen_by_the_parent(engine: Engine, child: Child) -> None:
    """As when it loads a model: the child that waits for it says until when it will."""
    make_run(engine, ["first", "second"], job_size=1)
    child.send()
    child.analysis.on_prepare["second"] = lambda: wait_until(
        # The first is written, and nothing else is to be waited for.
        lambda: states(engine)[0] == (JobState.DONE, 1) and child.limit() > 0,
        PATIENCE,
    )
    child.work()
    assert states(engine) == [(JobState.DONE, 1)] * 2
    assert child.limit() == 0


def test_a_node_that_ends_begins_no_more(engine: Engine, child: Child) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()

    def end() -> None:
        wait_until_ahead(engine)
        child.board.stop(grace=60)

    child.analysis.on_forward["first"] = end
    child.work()
    assert states(engine) == [(JobState.DONE, 1), (JobState.PENDING, 0)]
    assert child.computed == ["first"]


@pytest.mark.parametrize(
    ("fault", "state", "attempts"),
    [
        (WorkerFault("no model"), JobState.QUEUED, 0),
        (Interrupted("told"), JobState.PENDING, 0),
        (SystemExit(0), JobState.PENDING, 0),
    ],
)
def test_whatever_ends_a_burst_what_was_taken_ahead_goes_back(
    engine: Engine, child: Child, fault: BaseException, state: JobState, attempts: int
) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()

    def fail() -> None:
        wait_until_ahead(engine)
        raise fault

    child.analysis.on_forward["first"] = fail
    if isinstance(fault, Interrupted):
        # An error of any other kind is held against the document.
        child.runner._engines["sentiment"].outcomes = lambda *_: fail()  # type: ignore
    if isinstance(fault, WorkerFault):
        child.work()
        with reading(engine) as connection:
            assert all_readiness(connection)[0].reason == "no model"
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
        wait_until_ahead(engine)
        raise TypeError

    child.runner._engines["sentiment"].outcomes = fail  # type: ignore
    child.work()
    assert states(engine) == [(JobState.RUNNING, 1), (JobState.PENDING, 0)]
    assert [job.error_class for job in jobs(engine)] == ["TypeError", None]


def test_a_lost_device_ends_the_child_and_charges_the_one_job(engine: Engine, child: Child) -> None:
    make_run(engine, ["first", "second"], job_size=1)
    child.send()

    def fail() -> None:
        wait_until_ahead(engine)
        raise DeviceFault("the device is gone")

    child.analysis.on_forward["first"] = fail
    engine.dispose()
    pid = os.fork()
    if pid == 0:
        child.work()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert states(engine) == [(JobState.RUNNING, 1), (JobState.PENDING, 0)]
    assert [job.error_class for job in jobs(engine)] == ["DeviceFault", None]


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
        wait_until_ahead(engine)
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
        wait_until_ahead(engine)
        with writing(engine) as connection:
            taken = update(Job).where(Job.id == jobs(engine)[0].id)
            connection.execute(taken.values(fence=Job.fence + 1, worker="node/1"))
        # The beat finds it out.
        beat = next(one for one in threading.enumerate() if one.name == "beat")
        held = beat._target.__self__  # type: ignore[attr-defined]
        wait_until(lambda: len(held.held) == 1, PATIENCE)

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
    away = Messages(make_app(Settings(redis_url="redis://127.0.0.1:1/0"), patience=0.2))
    child.send()
    monkeypatch.setattr(child.runner._clerk, "_messages", away)
    child.work()
    assert states(engine) == [(JobState.DONE, 1)]
    assert "no job taken ahead: BrokerError" in caplog.text


def test_each_job_is_told_in_a_line_and_the_worker_says_how_quick_it_is(
    engine: Engine, child: Child, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    child.analysis.budget = 10
    make_run(engine, ["12345"] * 4)
    child.send()
    child.work()
    number = jobs(engine)[0].id
    assert f"job {number}: 4 documents, 20 tokens in 2 batches, 0 % padding, 100 % full" in (
        caplog.text
    )
    with reading(engine) as connection:
        (worker,) = all_readiness(connection)
    said = worker.throughput
    assert (said.padding, said.batch_fill) == (0, 1)
    assert said.tokens_per_second and said.forward_share and 0 < said.forward_share <= 1
