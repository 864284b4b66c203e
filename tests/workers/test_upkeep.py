"""Upkeep: jobs are found again whatever Redis has lost, and a round that fails is not the last."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr
from sqlalchemy import Engine, update

from producer import embedded_redis
from schema.celery_app import make_app
from schema.database import writing
from schema.ledger.claim import claim
from schema.ledger.clock import after
from schema.messages import BrokerError, Messages
from schema.settings import Settings
from schema.tables import Job, JobState
from tests.ledger import jobs, make_run
from tests.waiting import wait_until
from workers import upkeep


@pytest.fixture
def config(redis_url: str) -> Settings:
    return Settings(message_timeout=60, upkeep=0.05)


@pytest.fixture
def messages(config: Settings) -> Messages:
    return Messages(make_app(config))


def test_a_step_sends_what_waits_and_frees_what_died(
    engine: Engine, messages: Messages, config: Settings
) -> None:
    make_run(engine, ["a", "b"], job_size=1)
    assert claim(engine, jobs(engine)[0].id, "sentiment", "node/0", lease=30)
    with writing(engine) as connection:
        connection.execute(
            update(Job).where(Job.state == JobState.RUNNING).values(lease_until=after(-1))
        )
    upkeep.step(engine, messages, config)
    assert [job.state for job in jobs(engine)] == [JobState.QUEUED, JobState.QUEUED]
    assert messages.depth("sentiment") == 2


def test_a_redis_that_comes_back_empty_is_filled_again(
    engine: Engine, redis_url: str, messages: Messages, config: Settings
) -> None:
    make_run(engine, ["a", "b"], job_size=1)
    upkeep.step(engine, messages, config)
    redis.Redis.from_url(redis_url).flushall()
    with writing(engine) as connection:
        connection.execute(update(Job).values(queued_at=after(-61)))
    upkeep.step(engine, messages, config)
    assert messages.depth("sentiment") == 2


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
    monkeypatch.setattr(upkeep, "celery_app", lambda: make_app(Settings()))
    monkeypatch.setenv("TRIAGE_REDIS_URL", server.url)
    monkeypatch.setenv("TRIAGE_UPKEEP", "0.05")
    upkeep.settings.cache_clear()
    with caplog.at_level(logging.WARNING):
        upkeep.start()
        try:
            wait_until(lambda: "upkeep waits: BrokerError" in caplog.text, 30)
            again = embedded_redis.start(tmp_path / "own")
            assert again.url == server.url
            wait_until(lambda: jobs(sqlite_engine)[0].state == JobState.QUEUED, 30)
        finally:
            upkeep.stop()
            for thread in threading.enumerate():
                if thread.name == "upkeep":
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
    with upkeep._stepping:
        thread.start()
        assert not forked.wait(0.2)
    thread.join()
    assert forked.is_set()
