"""A job in a child: what goes wrong is given up in the way that fits, and nothing is lost."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator, Sequence
from typing import ClassVar

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.database import reading, writing
from schema.document import Document
from schema.ledger.claim import claim_together
from schema.ledger.finish import finish as ledger_finish
from schema.ledger.reap import LOST, reap
from schema.options import RunOptions
from schema.process import this_process
from schema.results.outcome import Outcome
from schema.results.sentiment import Sentiment, SentimentRow
from schema.settings import Settings
from schema.status.workers import all_worker_status
from schema.tables import Job, JobState, Run
from schema.worker_registry import ready, register
from tests.support.engine_analysis import CountingAnalysis
from tests.support.ledger import jobs, make_run
from workers.child import failure_policy, ledger_client, retry
from workers.child.context import JobContext
from workers.child.heartbeat import Heartbeat
from workers.child.ledger_client import LedgerClient
from workers.child.retry import NodeStopping
from workers.child.runner import JobRunner
from workers.engine.counters import Counters
from workers.engine.jobs import FinishedJob, JobSource, Prepared
from workers.errors import DeviceLostError, WorkerError
from workers.models.registry import ModelRegistry
from workers.node.scoreboard import Scoreboard
from workers.runtime.progress import Progress

NAME = "node/0"


class OneFault:
    """An engine of which the first call goes wrong in the given way, and later ones go well."""

    analysis = CountingAnalysis()
    is_continuous = False
    siblings: ClassVar[list[str]] = []

    def __init__(self, fault: Exception | Callable[[], None] | None = None) -> None:
        self.fault = fault

    def prepare(self, documents: Sequence[Document], options: RunOptions) -> Prepared:
        return [[] for _ in documents]

    tokenise = prepare

    def group_of(self, prepared: Prepared) -> None:
        return None

    def compute(self, source: JobSource, progress: Progress) -> Generator[FinishedJob, None, None]:
        while job := source.next():
            fault, self.fault = self.fault, None
            if isinstance(fault, Exception):
                raise fault
            if fault is not None:
                fault()
            progress.tick()
            result = [Sentiment("POSITIVE", 0.9)]
            outcomes = [Outcome(int(one.id), result, None) for one in job.documents]
            yield FinishedJob(job, outcomes, Counters())


Make = Callable[[Exception | Callable[[], None] | None], JobRunner]


@pytest.fixture
def board() -> Scoreboard:
    return Scoreboard()


@pytest.fixture
def runner(
    engine: Engine, redis_url: str, monkeypatch: pytest.MonkeyPatch, board: Scoreboard
) -> Make:
    monkeypatch.setattr(retry, "MIN_BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr(failure_policy, "MIN_BACKOFF_SECONDS", 0)
    config = Settings(lease=30, heartbeat=0.05)
    register(engine, NAME, this_process(), ["sentiment"], LOST)
    ready(engine, NAME)

    def make(fault: Exception | Callable[[], None] | None) -> JobRunner:
        engines = {"sentiment": OneFault(fault)}
        messages = Messages(make_app(config))
        slot = board.slot(0, os.getpid())
        ledger = LedgerClient(engine, messages, config, NAME, slot)
        context = JobContext.of(ledger, engines, slot, config, ModelRegistry())  # type: ignore[arg-type]
        return JobRunner(context)

    return make


def written(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(SentimentRow)).scalar_one()


def readiness(engine: Engine) -> tuple[str, str | None]:
    with reading(engine) as connection:
        (worker,) = all_worker_status(connection)
    return worker.state, worker.reason


def test_a_job_is_done_once_and_pulls_the_next_one_in(engine: Engine, runner: Make) -> None:
    make_run(engine, ["a", "b", "c"], job_size=1)
    first = jobs(engine)[0].id
    child = runner(None)
    child.run_message("sentiment", first)
    child.run_message("sentiment", first)
    assert [job.state for job in jobs(engine)] == [JobState.DONE, JobState.QUEUED, JobState.QUEUED]
    assert jobs(engine)[0].attempts == 1
    assert written(engine) == 1


@pytest.mark.parametrize(
    ("fault", "reason"), [(WorkerError("no model"), "no model"), (MemoryError(), "no memory left")]
)
def test_a_worker_fault_charges_nobody_and_is_told_until_it_is_over(
    engine: Engine, runner: Make, fault: Exception, reason: str
) -> None:
    make_run(engine, ["a"])
    child = runner(fault)
    child.run_message("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].attempts, jobs(engine)[0].state) == (0, JobState.QUEUED)
    assert readiness(engine) == ("not ready", reason)
    child.run_message("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].attempts, jobs(engine)[0].state) == (1, JobState.DONE)
    assert readiness(engine) == ("ready", None)


def test_back_off_doubles_from_five_seconds_to_five_minutes() -> None:
    faults = retry.ExponentialBackoff()
    assert not faults.reset()
    assert [faults.next_delay() for _ in range(9)] == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    for _ in range(5000):
        assert faults.next_delay() == 300
    assert faults.reset()
    assert faults.next_delay() == 5


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (TypeError("a marker text"), "TypeError"),
        (IntegrityError("INSERT", {}, Exception("a marker text")), "IntegrityError"),
    ],
)
def test_an_unknown_fault_is_charged_and_reaped_at_once(
    engine: Engine,
    runner: Make,
    caplog: pytest.LogCaptureFixture,
    fault: Exception,
    kind: str,
) -> None:
    make_run(engine, ["a marker text"])
    child = runner(fault)
    child.run_message("sentiment", jobs(engine)[0].id)
    assert kind in caplog.text
    assert "marker" not in caplog.text
    assert (jobs(engine)[0].error_class, jobs(engine)[0].error_message) == (
        kind,
        f"{kind} outside of the model",
    )
    assert reap(engine, max_attempts=3).expired == 1
    child.run_message("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (JobState.DONE, 2)


@pytest.mark.parametrize("step", ["claim_together", "read_documents", "finish"])
def test_while_the_database_is_away_the_job_waits_and_goes_on(
    engine: Engine, runner: Make, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    make_run(engine, ["a"])
    real, left = (
        getattr(ledger_client, step),
        [OperationalError("SELECT", {}, Exception("gone"))] * 2,
    )

    def away(*arguments: object, **options: object) -> object:
        if left:
            raise left.pop()
        return real(*arguments, **options)

    monkeypatch.setattr(ledger_client, step, away)
    runner(None).run_message("sentiment", jobs(engine)[0].id)
    assert left == []
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (JobState.DONE, 1)
    assert written(engine) == 1


def test_a_node_that_ends_claims_nothing_more(
    engine: Engine, runner: Make, board: Scoreboard
) -> None:
    make_run(engine, ["a"])
    child = runner(None)
    board.stop(grace=60)
    with pytest.raises(NodeStopping):
        child.run_message("sentiment", jobs(engine)[0].id)
    assert jobs(engine)[0].attempts == 0


@pytest.mark.parametrize(
    ("grace", "state", "attempts"), [(60, JobState.DONE, 1), (0, JobState.PENDING, 0)]
)
def test_a_job_that_waits_for_the_database_has_the_grace_of_the_node(
    engine: Engine,
    runner: Make,
    board: Scoreboard,
    monkeypatch: pytest.MonkeyPatch,
    grace: float,
    state: JobState,
    attempts: int,
) -> None:
    make_run(engine, ["a"])
    away = [OperationalError("SELECT", {}, Exception("gone"))]

    def finish(*arguments: object) -> object:
        if away:
            board.stop(grace)
            raise away.pop()
        return ledger_finish(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger_client, "finish", finish)
    # Its beat would end this very process when the time is up.
    monkeypatch.setattr(Heartbeat, "_give_back", lambda _beat: None)
    with pytest.raises(NodeStopping) if grace == 0 else contextlib.nullcontext():
        runner(None).run_message("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (state, attempts)


def test_a_child_that_is_told_to_end_by_itself_releases_its_job(
    engine: Engine, runner: Make
) -> None:
    """Billiard's handler of SIGTERM in a child raises SystemExit."""
    make_run(engine, ["a"])

    def told() -> None:
        raise SystemExit(0)

    with pytest.raises(SystemExit):
        runner(told).run_message("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (JobState.PENDING, 0)


def test_a_database_that_refuses_is_not_the_documents_fault(
    engine: Engine, runner: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a right was taken away, or the tables are of another version."""
    make_run(engine, ["a"])
    child = runner(ProgrammingError("INSERT", {}, Exception("permission denied")))
    child.run_message("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (JobState.QUEUED, 0)
    assert readiness(engine) == ("not ready", "the database refuses: ProgrammingError")


def test_an_option_of_a_newer_producer_is_not_the_documents_fault(
    engine: Engine, runner: Make
) -> None:
    make_run(engine, ["a"])
    with writing(engine) as connection:
        connection.execute(update(Run).values(options={"tone": "kind"}))
    runner(None).run_message("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (JobState.PENDING, 0)
    state, reason = readiness(engine)
    assert state == "not ready" and reason and "does not know (tone): upgrade" in reason


def test_a_claim_whose_answer_was_lost_is_made_again_and_costs_no_attempt(
    engine: Engine, runner: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run(engine, ["a"])
    cut = [True]

    def cut_after_commit(*arguments: object, **options: object) -> object:
        claimed = claim_together(*arguments, **options)  # type: ignore[arg-type]
        if cut:
            cut.clear()
            raise OperationalError("UPDATE", {}, Exception("connection lost"))
        return claimed

    monkeypatch.setattr(ledger_client, "claim_together", cut_after_commit)
    runner(None).run_message("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (JobState.DONE, 1)


def test_a_job_that_is_taken_away_is_given_up_at_the_next_batch(
    engine: Engine, runner: Make, caplog: pytest.LogCaptureFixture
) -> None:
    make_run(engine, ["a"])
    job_id = jobs(engine)[0].id

    def taken_away() -> None:
        with writing(engine) as connection:
            connection.execute(update(Job).values(fence=Job.fence + 1, worker="node/1"))

    runner(taken_away).run_message("sentiment", job_id)
    assert "cancelled or lost to another, nothing written" in caplog.text
    assert written(engine) == 0
    assert (jobs(engine)[0].state, jobs(engine)[0].worker) == (JobState.RUNNING, "node/1")


def test_a_lost_device_ends_the_child_and_stays_charged(engine: Engine, runner: Make) -> None:
    make_run(engine, ["a"])
    child = runner(DeviceLostError("the device is gone"))
    engine.dispose()
    pid = os.fork()
    if pid == 0:
        child.run_message("sentiment", jobs(engine)[0].id)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert (jobs(engine)[0].attempts, jobs(engine)[0].error_class) == (1, "DeviceLostError")
    assert reap(engine, max_attempts=3).expired == 1
