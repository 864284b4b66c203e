"""Fixtures of the tests of a child."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.ledger.reap import LOST
from schema.process import this_process
from schema.settings import Settings
from schema.worker_registry import ready, register
from tests.support.burst import NAME, Child
from tests.support.faulty_child import Make, OneFault
from tests.support.shared_heads import engines_of
from workers.child import failure_policy, job_source, prefetch, retry
from workers.child.context import JobContext
from workers.child.ledger_client import LedgerClient
from workers.child.runner import JobRunner
from workers.models.registry import ModelRegistry
from workers.node.scoreboard import Scoreboard


@pytest.fixture
def sharing(child: Child, heads: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Child:
    """A child with two analyses that share their encoder."""
    monkeypatch.setattr(job_source, "EMPTY_QUEUE_SECONDS", 0)
    # Messages of siblings wait in the other queue, and would end a burst on a slow machine.
    for turn in ("TURN", "URGENT_TURN", "LATER_TURN"):
        monkeypatch.setattr(prefetch, turn, 600.0)
    child.engines.update(engines_of(heads))
    return child


@pytest.fixture
def board() -> Scoreboard:
    return Scoreboard()


@pytest.fixture
def runner(
    engine: Engine, redis_url: str, monkeypatch: pytest.MonkeyPatch, board: Scoreboard
) -> Make:
    """Makes a child, of which the first job goes wrong in the given way."""
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
