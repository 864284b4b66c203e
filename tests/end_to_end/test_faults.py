"""Faults of real nodes: they are told to end, killed, stopped, hang, or cannot work."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, select

from schema.database import reading
from schema.status.workers import all_worker_status
from schema.tables import DeadLetter, Job, JobState
from tests.end_to_end.node import PATIENCE, RunningNode, running_node
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until

APP = "tests.end_to_end.gated"
GOOD = "I love these shoes, they fit perfectly."


class Gate:
    """Holds up documents that name it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.close()

    def close(self) -> None:
        (self.folder / "closed").touch()

    def open(self) -> None:
        (self.folder / "closed").unlink()

    def wait_for_begin(self) -> int:
        """Wait until a forward has begun; the child's pid."""
        (begun,) = wait_until(lambda: list(self.folder.glob("begun-*")), PATIENCE)
        begun.unlink()
        return int(begun.name.removeprefix("begun-"))


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path / "gate")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Maintenance looks often, so that nobody waits for what is not under test."""
    monkeypatch.setenv("TRIAGE_UPKEEP", "1")
    monkeypatch.setenv("TRIAGE_MESSAGE_TIMEOUT", "1")


def only_job(engine: Engine) -> Job:
    (job,) = jobs(engine)
    return job


def done(engine: Engine) -> Callable[[], bool]:
    return lambda: all(job.state == JobState.DONE for job in jobs(engine))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("grace", "signals"),
    [("0.5", [signal.SIGTERM]), ("3600", [signal.SIGTERM] * 2), ("3600", [signal.SIGINT] * 2)],
)
def test_a_node_told_to_end_releases_its_job(
    engine: Engine,
    redis_url: str,
    tmp_path: Path,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
    grace: str,
    signals: list[signal.Signals],
) -> None:
    """After its grace, or at once at the second signal; and the next node does the job."""
    monkeypatch.setenv("TRIAGE_GRACE", grace)
    make_run(engine, [f"hold {gate.folder}", GOOD])
    with running_node(tmp_path, ["sentiment"], app=APP, name="first") as node:
        gate.wait_for_begin()
        for number in signals:
            # One is blocked until the one before has been handled.
            os.kill(node.process.pid, number)
            wait_until(lambda: "running jobs have" in node.text(), PATIENCE)
        node.process.wait(PATIENCE)
        # Celery ends with 1 after Ctrl-C.
        assert node.process.returncode == (signals[0] == signal.SIGINT), node.text()
        assert "Traceback" not in node.text()
        assert (only_job(engine).state, only_job(engine).attempts) == (JobState.PENDING, 0)
        assert "released, the node ends" in node.text()
    with reading(engine) as connection:
        assert all_worker_status(connection) == []
    gate.open()
    with running_node(tmp_path, ["sentiment"], app=APP, name="second"):
        wait_until(done(engine), PATIENCE)
    assert only_job(engine).attempts == 1


def test_a_node_told_to_end_finishes_what_it_can(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, gate: Gate
) -> None:
    make_run(sqlite_engine, [f"hold {gate.folder}", GOOD], job_size=1)
    with running_node(tmp_path, ["sentiment"], app=APP) as node:
        gate.wait_for_begin()
        node.process.terminate()
        node.wait_for_text("running jobs have")
        gate.open()
        assert node.process.wait(PATIENCE) == 0, node.text()
    first, second = jobs(sqlite_engine)
    assert first.state == JobState.DONE
    assert (second.state, second.attempts) in (
        (JobState.QUEUED, 0),
        (JobState.PENDING, 0),
    ), "it began nothing new"


def test_a_node_told_to_end_while_it_loads_ends(
    sqlite_engine: Engine,
    redis_url: str,
    tmp_path: Path,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRIAGE_GRACE", "0.5")
    monkeypatch.setenv("GATE_OF_LOADING", str(gate.folder))
    with running_node(tmp_path, ["sentiment"], app=APP) as node:
        gate.wait_for_begin()
        node.process.terminate()
        assert node.process.wait(PATIENCE) == 0, node.text()


def test_a_document_that_kills_its_worker_is_charged_with_the_signal(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_MAX_ATTEMPTS", "2")
    make_run(sqlite_engine, ["segfault", GOOD], job_size=1)

    def settled() -> bool:
        return {job.state for job in jobs(sqlite_engine)} == {JobState.DEAD, JobState.DONE}

    with running_node(tmp_path, ["sentiment"], app=APP) as node:
        wait_until(settled, PATIENCE)
        assert "Traceback" not in node.text()
    assert [job.state for job in jobs(sqlite_engine)] == [JobState.DEAD, JobState.DONE]
    with reading(sqlite_engine) as connection:
        letter = connection.execute(select(DeadLetter.__table__)).one()
    assert (letter.error_class, letter.attempts) == ("SIGSEGV", 2)
    assert letter.message == "its worker was killed by SIGSEGV"
    # In hand each time, it is not charged; but the second time it may have been computed before,
    # its outcome not yet written. The next test says which job is charged, step by step.
    assert jobs(sqlite_engine)[1].attempts in (1, 2)


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_a_kill_charges_the_job_that_was_computed_and_not_the_one_taken_ahead(
    engine: Engine,
    redis_url: str,
    tmp_path: Path,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRIAGE_LEASE", "3600")
    # Else both are computed together where the second comes soon enough.
    monkeypatch.setenv("GATE_ONE_JOB", "1")
    make_run(engine, [f"hold {gate.folder}", GOOD], job_size=1)

    def both_in_hand() -> bool:
        return [job.state for job in jobs(engine)] == [JobState.RUNNING] * 2

    with running_node(tmp_path, ["sentiment"], app=APP) as node:
        child = gate.wait_for_begin()
        wait_until(both_in_hand, PATIENCE)
        assert [job.attempts for job in jobs(engine)] == [1, 0]
        os.kill(child, signal.SIGKILL)
        # Tried once more, with nothing taken ahead.
        child = gate.wait_for_begin()
        assert [job.attempts for job in jobs(engine)] == [2, 0]
        assert not both_in_hand()
        os.kill(child, signal.SIGKILL)
        gate.wait_for_begin()
        gate.open()
        wait_until(done(engine), PATIENCE)
        assert "Traceback" not in node.text()
    assert [job.attempts for job in jobs(engine)] == [3, 1]


def kill_child(node: RunningNode, child: int) -> None:
    os.kill(child, signal.SIGKILL)


def kill_node(node: RunningNode, child: int) -> None:
    node.process.kill()
    node.process.wait()


@pytest.mark.parametrize(
    ("database_url", "kill"),
    [("sqlite", kill_child), ("postgresql", kill_node)],
    indirect=["database_url"],
)
def test_who_is_killed_is_seen_to_die_by_a_node_beside_it(
    engine: Engine,
    redis_url: str,
    tmp_path: Path,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
    kill: Callable[[RunningNode, int], None],
) -> None:
    """The lease would hold for an hour; the work is running again all the same."""
    monkeypatch.setenv("TRIAGE_LEASE", "3600")
    with running_node(tmp_path, ["sentiment"], app=APP, name="first") as first:
        first.wait_for_loads(1)
        make_run(engine, [f"hold {gate.folder}"])
        child = gate.wait_for_begin()
        with running_node(tmp_path, ["sentiment"], app=APP, name="second") as second:
            second.wait_for_loads(1)
            kill(first, child)
            again = gate.wait_for_begin()
            assert again != child
            assert not psutil.pid_exists(child) or kill is kill_child
            gate.open()
            wait_until(done(engine), PATIENCE)
    assert (only_job(engine).attempts, only_job(engine).state) == (2, JobState.DONE)


def test_a_child_that_hangs_is_ended_and_its_job_runs_again(
    sqlite_engine: Engine,
    redis_url: str,
    tmp_path: Path,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRIAGE_BATCH_TIMEOUT", "1")
    monkeypatch.setenv("TRIAGE_LEASE", "3600")
    make_run(sqlite_engine, [f"hold {gate.folder}"])
    with running_node(tmp_path, ["sentiment"], app=APP) as node:
        child = gate.wait_for_begin()
        again = gate.wait_for_begin()
        assert again != child
        assert f"child {child} hangs" in node.text()
        gate.open()
        wait_until(done(sqlite_engine), PATIENCE)
    assert only_job(sqlite_engine).attempts == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_stopped_child_that_wakes_after_its_lease_writes_nothing(
    engine: Engine,
    redis_url: str,
    tmp_path: Path,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRIAGE_LEASE", "4")
    monkeypatch.setenv("TRIAGE_HEARTBEAT", "0.5")
    make_run(engine, [f"hold {gate.folder}"])
    with running_node(tmp_path, ["sentiment"], app=APP, name="first") as first:
        child = gate.wait_for_begin()
        with running_node(tmp_path, ["sentiment"], app=APP, name="second") as second:
            # Whoever looks for the first time reaps at once: both have looked before.
            second.wait_for_loads(1)
            os.kill(child, signal.SIGSTOP)
            assert gate.wait_for_begin() != child
            gate.open()
            wait_until(done(engine), PATIENCE)
            os.kill(child, signal.SIGCONT)
            first.wait_for_text("cancelled or lost to another, nothing written")
    assert (only_job(engine).attempts, only_job(engine).fence) == (2, 2)


def test_a_worker_that_cannot_work_says_so_and_charges_nobody(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, gate: Gate
) -> None:
    make_run(sqlite_engine, [f"broken {gate.folder}"])

    def states() -> list[tuple[str, str | None]]:
        with reading(sqlite_engine) as connection:
            return [(worker.state, worker.reason) for worker in all_worker_status(connection)]

    with running_node(tmp_path, ["sentiment"], app=APP):
        wait_until(lambda: states() == [("not ready", "the model is not to be had")], PATIENCE)
        assert only_job(sqlite_engine).attempts == 0
        gate.open()
        wait_until(done(sqlite_engine), PATIENCE)
        wait_until(lambda: states() == [("ready", None)], PATIENCE)
    assert only_job(sqlite_engine).attempts == 1
