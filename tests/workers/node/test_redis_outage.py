"""An outage of Redis is said once for each cause, and its end once."""

from __future__ import annotations

import logging

import pytest

from workers.node.redis_outage import SAME_OUTAGE, RedisOutage


class Clock:
    """Seconds, as the test says."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outage(clock: Clock, caplog: pytest.LogCaptureFixture) -> RedisOutage:
    caplog.set_level(logging.INFO)
    return RedisOutage(clock)


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    words = [" ".join(record.getMessage().split()[:4]) for record in caplog.records]
    caplog.clear()
    return words


def test_each_cause_is_said_once_and_the_end(
    outage: RedisOutage, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(100):
        outage.note("the first cause")
        outage.note("the second cause")
        clock.now += 30
    assert said(caplog) == ["the first cause: waiting", "the second cause: waiting"]
    assert outage.lasts
    outage.over()
    outage.over()
    assert said(caplog) == ["Redis is usable again,"]
    assert not outage.lasts


def test_one_that_comes_and_goes_is_one(
    outage: RedisOutage, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(100):
        outage.note("the first cause")
        outage.over()
        clock.now += SAME_OUTAGE / 2
    assert said(caplog) == ["the first cause: waiting", "Redis is usable again,"]


def test_after_a_while_the_same_cause_is_news(
    outage: RedisOutage, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        outage.note("the first cause")
        outage.over()
        assert said(caplog) == ["the first cause: waiting", "Redis is usable again,"]
        clock.now += SAME_OUTAGE + 1
