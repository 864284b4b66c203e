"""A node's maintenance, on real servers, of which a test takes one step after the other."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from schema.broker.app import make_app
from schema.broker.messages import Messages
from schema.settings import Settings
from workers.node.maintenance import Maintenance
from workers.node.scoreboard import Scoreboard


@pytest.fixture
def config(redis_url: str) -> Settings:
    return Settings(message_timeout=60, upkeep=0.05, max_attempts=2)


@pytest.fixture
def messages(config: Settings) -> Messages:
    return Messages(make_app(config))


@pytest.fixture
def board() -> Scoreboard:
    return Scoreboard()


@pytest.fixture
def keeper(engine: Engine, messages: Messages, config: Settings, board: Scoreboard) -> Maintenance:
    return Maintenance(engine, messages, config, board)
