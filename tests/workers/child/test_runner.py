"""A job in a child: what goes wrong is given up in the way that fits, and nothing is lost."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from schema.database import reading, writing
from schema.ledger.reap import reap
from schema.status.workers import all_worker_status
from schema.tables import Job, JobState, Run
from tests.support.faulty_child import Make, written
from tests.support.ledger import jobs, make_run
from workers.errors import DeviceLostError, WorkerError


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
