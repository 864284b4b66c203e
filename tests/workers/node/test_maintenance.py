"""Maintenance: jobs are found again whatever Redis has lost; a round that fails is not the last."""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import OperationalError

from producer.nodes import embedded_redis
from schema.broker.app import make_app
from schema.broker.messages import BrokerError, Messages
from schema.database import open_engine, reading, writing
from schema.database.clock import after
from schema.ledger.claim import claim
from schema.ledger.heartbeat import heartbeat
from schema.settings import Settings, settings
from schema.tables import Job, JobState, RollupStale
from tests.support.ledger import jobs, make_run
from tests.support.waiting import wait_until
from workers.node import maintenance, maintenance_thread
from workers.node.maintenance import Maintenance
from workers.node.message_filter import ids_of
from workers.node.redis_outage import RedisOutage
from workers.node.scoreboard import Scoreboard


def let_leases_pass(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(
            update(Job).where(Job.state == JobState.RUNNING).values(lease_until=after(-1))
        )


def test_a_step_sends_what_waits_and_frees_what_died(
    engine: Engine, messages: Messages, keeper: Maintenance
) -> None:
    make_run(engine, ["a", "b"], job_size=1)
    assert claim(engine, jobs(engine)[0].id, "sentiment", "node/0", lease=30)
    let_leases_pass(engine)
    keeper.step()
    assert [job.state for job in jobs(engine)] == [JobState.QUEUED, JobState.QUEUED]
    assert messages.depth("sentiment") == 2


def test_rollups_are_brought_up_to_date_once_a_minute(
    engine: Engine, keeper: Maintenance, clock: list[float]
) -> None:
    def stale() -> list[int]:
        with reading(engine) as connection:
            return list(connection.execute(select(RollupStale.block)).scalars())

    make_run(engine, ["a"])
    assert stale()
    keeper.step()
    assert stale() == []
    make_run(engine, ["b"], name="another")
    clock[0] += maintenance.ROLLUP_INTERVAL - 1
    keeper.step()
    assert stale()
    clock[0] += 1
    keeper.step()
    assert stale() == []


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, which stands still; its one element may be changed."""
    moment = [time.monotonic()]
    monkeypatch.setattr(time, "monotonic", lambda: moment[0])
    return moment


def let_messages_get_old(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(update(Job).values(queued_at=after(-61)))


def test_a_redis_that_comes_back_empty_is_filled_again(
    engine: Engine,
    redis_url: str,
    messages: Messages,
    keeper: Maintenance,
    clock: list[float],
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_run(engine, ["a", "b"], job_size=1)
    keeper.step()
    redis.Redis.from_url(redis_url).flushall()
    let_messages_get_old(engine)
    keeper.step()
    assert (messages.depth("sentiment"), caplog.messages) == (0, [])
    clock[0] += 10
    keeper.step()
    assert messages.depth("sentiment") == 2
    assert caplog.messages == ["sentiment: 2 messages were lost and are sent again"]


def test_a_message_that_a_worker_has_in_hand_is_not_lost(
    engine: Engine,
    messages: Messages,
    keeper: Maintenance,
    clock: list[float],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whenever it is looked for, another one is out of the queue and not yet claimed."""
    make_run(engine, ["a", "b", "c"], job_size=1)
    keeper.step()
    let_messages_get_old(engine)
    for _ in range(3):
        raw = messages.take("sentiment")
        assert raw is not None
        keeper.step()
        clock[0] += 60
        assert claim(engine, ids_of("sentiment", raw)[1], "sentiment", "node/0", lease=3600)
    assert caplog.messages == []


def test_the_message_that_is_lost_is_sent_again_and_no_other(
    engine: Engine, redis_url: str, messages: Messages, keeper: Maintenance, clock: list[float]
) -> None:
    """What else lies in the queue does not stand in for it."""
    make_run(engine, ["a", "b", "c"], job_size=1)
    keeper.step()
    sent = messages.waiting("sentiment")
    first, lost, last = (ids_of("sentiment", raw)[1] for raw in reversed(sent))
    queue = redis.Redis.from_url(redis_url)
    queue.lrem("triage:sentiment", 1, sent[1].decode())
    let_messages_get_old(engine)
    for _ in range(2):
        keeper.step()
        clock[0] += 10
    waiting = [ids_of("sentiment", raw)[1] for raw in reversed(messages.waiting("sentiment"))]
    assert waiting == [first, last, lost]


def test_leases_that_ran_out_while_the_database_was_away_get_a_heartbeat_more(
    engine: Engine, messages: Messages, board: Scoreboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever lives could not renew its lease, and does so as soon as the database is back."""
    keeper = Maintenance(engine, messages, Settings(heartbeat=10), board)
    make_run(engine, ["a"])
    claimed = claim(engine, jobs(engine)[0].id, "sentiment", "node/0", lease=30)
    assert claimed
    let_leases_pass(engine)
    moment = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: moment)
    with monkeypatch.context() as away:
        away.setattr(keeper, "_engine", open_engine("postgresql://nobody@127.0.0.1:1/nowhere"))
        with pytest.raises(OperationalError):
            keeper.step()
    moment += 9
    keeper.step()
    assert jobs(engine)[0].state == JobState.RUNNING
    assert heartbeat(engine, claimed, 30)
    moment += 2
    keeper.step()
    assert jobs(engine)[0].state == JobState.RUNNING
    let_leases_pass(engine)
    keeper.step()
    assert jobs(engine)[0].state == JobState.QUEUED
    moment += 40
    assert claim(engine, jobs(engine)[0].id, "sentiment", "node/0", lease=30)
    let_leases_pass(engine)
    keeper.step()
    assert jobs(engine)[0].state == JobState.RUNNING, "the clocks are apart: somebody slept"


@pytest.mark.slow
def test_it_outlives_a_redis_that_is_away(
    sqlite_engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = embedded_redis.start(tmp_path / "own")
    messages = Messages(make_app(Settings(redis_url=SecretStr(server.url))))
    assert messages.depth("sentiment") == 0
    server.stop()
    for call in (lambda: messages.depth("sentiment"), lambda: messages.publish("sentiment", [1])):
        with pytest.raises(BrokerError):
            call()
    make_run(sqlite_engine, ["a"])
    monkeypatch.setenv("TRIAGE_REDIS_URL", server.url)
    monkeypatch.setenv("TRIAGE_UPKEEP", "0.05")
    for module in (maintenance, maintenance_thread):
        monkeypatch.setattr(module, "redis_outage", RedisOutage())
    settings.cache_clear()
    with caplog.at_level(logging.WARNING):
        maintenance_thread.start()
        try:
            wait_until(lambda: "Redis does not answer" in caplog.text, 30)
            again = embedded_redis.start(tmp_path / "own")
            assert again.url == server.url
            wait_until(lambda: jobs(sqlite_engine)[0].state == JobState.QUEUED, 30)
        finally:
            maintenance_thread.stop()
            for thread in threading.enumerate():
                if thread.name == "maintenance":
                    thread.join()
    again.stop()


def test_nobody_forks_in_the_middle_of_a_step() -> None:
    forked = threading.Event()

    def fork() -> None:
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        forked.set()

    thread = threading.Thread(target=fork)
    with maintenance_thread._stepping:
        thread.start()
        assert not forked.wait(0.2)
    thread.join()
    assert forked.is_set()


def test_the_thread_never_sleeps_past_a_round_that_is_due(
    sqlite_engine: Engine, config: Settings, board: Scoreboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A late round looks like an outage, in which no lease may end: with a lease of two seconds,
    none ever did.
    """
    monkeypatch.setenv("TRIAGE_LEASE", "2")
    monkeypatch.setenv("TRIAGE_HEARTBEAT", "0.5")
    settings.cache_clear()
    slept: list[float] = []

    class Wake(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            slept.append(timeout)
            if len(slept) == 3:
                maintenance_thread._over.set()
            return False

    class Idle(Maintenance):
        def watch(self) -> bool:
            return False

        def step(self) -> None:
            pass

    monkeypatch.setattr(maintenance_thread, "wake", Wake())
    monkeypatch.setattr(maintenance_thread, "_over", threading.Event())
    messages = Messages(make_app(Settings(redis_url=SecretStr("redis://127.0.0.1:1/0"))))
    maintenance_thread._repeat(Idle(sqlite_engine, messages, config, board))
    assert max(slept) <= maintenance_thread.between_rounds(settings()) == 0.25
