"""A job in a child: what goes wrong is given up in the way that fits, and nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from schema.celery_app import make_app
from schema.database import reading
from schema.document import Document
from schema.ledger.reap import reap
from schema.messages import Messages
from schema.options import RunOptions
from schema.outcome import Outcome
from schema.results import Sentiment
from schema.results.sentiment import SentimentRow
from schema.settings import Settings
from schema.tables import JobState
from tests.ledger import jobs, make_run
from workers import job as job_module
from workers.faults import DeviceFault, WorkerFault
from workers.job import JobRunner


class OneFault:
    """An engine of which the first call goes wrong in the given way, and later ones go well."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault

    def outcomes(self, documents: Sequence[Document], options: RunOptions) -> list[Outcome]:
        fault, self.fault = self.fault, None
        if fault is not None:
            raise fault
        return [Outcome(int(d.id), [Sentiment("POSITIVE", 0.9)], None) for d in documents]


@pytest.fixture
def runner(
    engine: Engine, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Exception | None], JobRunner]:
    monkeypatch.setattr(job_module, "FAULT_PAUSE", 0.01)
    config = Settings()

    def make(fault: Exception | None) -> JobRunner:
        engines = {"sentiment": OneFault(fault)}
        messages = Messages(make_app(config))
        return JobRunner(engine, engines, messages, config, "node/0")  # type: ignore[arg-type]

    return make


def written(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(SentimentRow)).scalar_one()


def test_a_job_is_done_once_and_pulls_the_next_one_in(
    engine: Engine, runner: Callable[[Exception | None], JobRunner]
) -> None:
    make_run(engine, ["a", "b", "c"], job_size=1)
    first = jobs(engine)[0].id
    child = runner(None)
    child.job("sentiment", first)
    child.job("sentiment", first)
    assert [job.state for job in jobs(engine)] == [JobState.DONE, JobState.QUEUED, JobState.QUEUED]
    assert jobs(engine)[0].attempts == 1
    assert written(engine) == 1


def test_a_worker_fault_charges_nobody(
    engine: Engine, runner: Callable[[Exception | None], JobRunner]
) -> None:
    make_run(engine, ["a"])
    child = runner(WorkerFault("no model"))
    child.job("sentiment", jobs(engine)[0].id)
    assert jobs(engine)[0].attempts == 0
    assert jobs(engine)[0].state in (JobState.PENDING, JobState.QUEUED)


def test_an_unknown_fault_is_charged_and_reaped_at_once(
    engine: Engine,
    runner: Callable[[Exception | None], JobRunner],
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_run(engine, ["a marker text"])
    child = runner(TypeError("a marker text"))
    child.job("sentiment", jobs(engine)[0].id)
    assert "TypeError" in caplog.text
    assert "marker" not in caplog.text
    assert reap(engine, max_attempts=3).expired == 1
    child.job("sentiment", jobs(engine)[0].id)
    assert (jobs(engine)[0].state, jobs(engine)[0].attempts) == (JobState.DONE, 2)


def test_a_database_fault_leaves_the_job_to_its_lease(
    engine: Engine, runner: Callable[[Exception | None], JobRunner]
) -> None:
    make_run(engine, ["a"])
    runner(OperationalError("SELECT", {}, Exception("gone"))).job("sentiment", jobs(engine)[0].id)
    assert jobs(engine)[0].state == JobState.RUNNING


def test_a_lost_device_ends_the_child_and_stays_charged(
    engine: Engine, runner: Callable[[Exception | None], JobRunner]
) -> None:
    make_run(engine, ["a"])
    child = runner(DeviceFault("the device is gone"))
    engine.dispose()
    pid = os.fork()
    if pid == 0:
        child.job("sentiment", jobs(engine)[0].id)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert jobs(engine)[0].attempts == 1
    assert reap(engine, max_attempts=3).expired == 1
