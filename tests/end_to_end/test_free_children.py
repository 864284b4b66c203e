"""Messages go to free hands: while a child loads its models, its node takes none."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, func, select

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.database import reading
from schema.database.clock import after
from schema.ledger.pause import pause, resume
from schema.settings import read_settings
from schema.tables import Job, JobState, Worker
from tests.end_to_end.node import PATIENCE, RunningNode, running_node
from tests.end_to_end.test_faults import APP, GOOD, Gate
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def only_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lease ends and no message counts as lost: nothing but hands brings a job forward."""
    for name in ("LEASE", "MESSAGE_TIMEOUT"):
        monkeypatch.setenv(f"TRIAGE_{name}", "3600")
    monkeypatch.setenv("TRIAGE_UPKEEP", "1")


@pytest.fixture
def hold(tmp_path: Path) -> Gate:
    """Holds up documents that name it."""
    return Gate(tmp_path / "hold")


@pytest.fixture
def loading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Holds up the loading of nodes that are started from now on; open."""
    gate = Gate(tmp_path / "loading")
    gate.open()
    monkeypatch.setenv("GATE_OF_LOADING", str(gate.folder))
    return gate


def run_is_done(engine: Engine, run_id: int) -> Callable[[], bool]:
    return lambda: all(job.state == JobState.DONE for job in jobs(engine, run_id))


def first_child(node: RunningNode, loading: Gate) -> int:
    pid = int(node.wait_for_loads(1)[0]["pid"])
    assert loading.wait_for_begin() == pid
    return pid


def asks(client: redis.Redis) -> bool:
    """Whether somebody waits for the next message."""
    return any(one["cmd"] == "brpop" and "b" in one["flags"] for one in client.client_list())


def kill_and_keep_the_next_one_loading(child: int, loading: Gate) -> None:
    loading.close()
    os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize(
    ("database_url", "busy"), [("sqlite", False), ("postgresql", True)], indirect=["database_url"]
)
def test_jobs_do_not_wait_for_the_child_that_replaces_a_killed_one(
    engine: Engine,
    redis_url: str,
    tmp_path: Path,
    hold: Gate,
    loading: Gate,
    monkeypatch: pytest.MonkeyPatch,
    busy: bool,
) -> None:
    """Neither the job of the one that was killed, nor those that come later."""
    with running_node(tmp_path, ["sentiment"], app=APP, name="first") as first:
        child = first_child(first, loading)
        runs = []
        if busy:
            runs = [make_run(engine, [f"hold {hold.folder}"], name="held")]
            assert hold.wait_for_begin() == child
        monkeypatch.delenv("GATE_OF_LOADING")
        with running_node(tmp_path, ["sentiment"], app=APP, name="second") as second:
            second.wait_for_loads(1)
            hold.open()
            kill_and_keep_the_next_one_loading(child, loading)
            loading.wait_for_begin()
            for number in range(3):
                texts = [f"{GOOD} {number} {place}" for place in range(10)]
                runs.append(make_run(engine, texts, job_size=1, name=f"following {number}"))
                for run in runs:
                    wait_until(run_is_done(engine, run), PATIENCE)
            assert len(first.loads()) == 1, "the next child has still not loaded its model"
            loading.open()


def test_a_message_that_a_child_has_not_begun_with_goes_back_when_it_dies(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, loading: Gate
) -> None:
    messages = Messages(make_app(read_settings()))
    with running_node(tmp_path, ["sentiment"], app=APP) as node:
        child = first_child(node, loading)
        wait_until(lambda: asks(redis.Redis.from_url(redis_url)), PATIENCE, "it is up")
        os.kill(child, signal.SIGSTOP)
        run = make_run(sqlite_engine, [GOOD])
        wait_until(lambda: jobs(sqlite_engine)[0].state == JobState.QUEUED, PATIENCE)
        wait_until(lambda: messages.depth("sentiment") == 0, PATIENCE, "its parent has taken it")
        kill_and_keep_the_next_one_loading(child, loading)
        wait_until(lambda: messages.depth("sentiment") == 1, PATIENCE, "it is back")
        loading.wait_for_begin()
        assert messages.depth("sentiment") == 1
        loading.open()
        wait_until(run_is_done(sqlite_engine, run), PATIENCE)


def stop_while_it_asks(node: RunningNode, client: redis.Redis) -> None:
    """Stop a node's parent in the second in which Redis owes it the next message."""

    def stopped_in_time() -> bool:
        node.process.send_signal(signal.SIGSTOP)
        if asks(client):
            return True
        node.process.send_signal(signal.SIGCONT)
        return False

    wait_until(stopped_in_time, PATIENCE)


@pytest.mark.parametrize("kill_comes_first", [True, False])
def test_a_message_on_its_way_to_a_parent_whose_child_dies_goes_back(
    sqlite_engine: Engine,
    redis_url: str,
    tmp_path: Path,
    loading: Gate,
    monkeypatch: pytest.MonkeyPatch,
    kill_comes_first: bool,
) -> None:
    """The parent is stopped meanwhile, and learns of both at once."""
    monkeypatch.setenv("TRIAGE_UPKEEP", "3600")
    messages = Messages(make_app(read_settings()))
    with running_node(tmp_path, ["sentiment"], app=APP) as node:
        child = first_child(node, loading)
        loading.close()
        run = make_run(sqlite_engine, [GOOD])
        # Paused, it is sent by nobody but this test.
        pause(sqlite_engine, run)
        stop_while_it_asks(node, redis.Redis.from_url(redis_url))
        if kill_comes_first:
            os.kill(child, signal.SIGKILL)
        messages.publish("sentiment", [job.id for job in jobs(sqlite_engine)])
        assert messages.depth("sentiment") == 0, "it is the parent's"
        if not kill_comes_first:
            os.kill(child, signal.SIGKILL)
        node.process.send_signal(signal.SIGCONT)
        wait_until(lambda: messages.depth("sentiment") == 1, PATIENCE, "it is back")
        loading.wait_for_begin()
        assert messages.depth("sentiment") == 1
        resume(sqlite_engine, run)
        loading.open()
        wait_until(run_is_done(sqlite_engine, run), PATIENCE)


def test_a_child_that_is_warm_goes_on_beside_one_that_loads(
    sqlite_engine: Engine, redis_url: str, tmp_path: Path, hold: Gate, loading: Gate
) -> None:
    with running_node(tmp_path, ["sentiment"], app=APP, concurrency=2) as node:
        node.wait_for_loads(2)
        for begun in loading.folder.glob("begun-*"):
            begun.unlink()
        run = make_run(sqlite_engine, [f"hold {hold.folder}"], name="held")
        child = hold.wait_for_begin()
        kill_and_keep_the_next_one_loading(child, loading)
        assert hold.wait_for_begin() != child, "the other has it"
        hold.open()
        following = make_run(sqlite_engine, [GOOD] * 10, job_size=1, name="following")
        for one in (run, following):
            wait_until(run_is_done(sqlite_engine, one), PATIENCE)
        assert len(node.loads()) == 2
        loading.open()
        node.wait_for_loads(3)


def test_a_start_that_takes_long_loses_no_messages_and_an_empty_redis_has_lost_them(
    sqlite_engine: Engine,
    redis_url: str,
    tmp_path: Path,
    loading: Gate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRIAGE_MESSAGE_TIMEOUT", "1")
    monkeypatch.setenv("TRIAGE_UPKEEP", "0.1")
    loading.close()

    def looks() -> datetime | None:
        """When upkeep saw the child last, as it does in each of its rounds."""
        with reading(sqlite_engine) as connection:
            return connection.execute(select(Worker.seen_at)).scalar()

    def are_overdue() -> bool:
        with reading(sqlite_engine) as connection:
            late = Job.queued_at < after(-2)
            return connection.execute(select(func.count()).where(late)).scalar_one() == 3

    with running_node(tmp_path, ["sentiment"], app=APP) as node:
        loading.wait_for_begin()
        run = make_run(sqlite_engine, [GOOD] * 3, job_size=1)
        wait_until(are_overdue, PATIENCE)
        for _ in range(3):
            before = looks()
            wait_until(lambda last=before: looks() != last, PATIENCE, "another round")  # type: ignore[misc]
        assert "were lost" not in node.text()
        redis.Redis.from_url(redis_url).flushall()
        node.wait_for_text("3 messages were lost and are sent again")
        loading.open()
        wait_until(run_is_done(sqlite_engine, run), PATIENCE)
