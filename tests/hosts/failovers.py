"""Failovers: the primary of a Redis that Sentinels watch dies, hangs, or is told to step back."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import redis

from tests.chaos.faults.fault import Fault, Struck
from tests.chaos.stage import Stage
from tests.hosts.redis_process import RedisProcess
from tests.hosts.sentinels import ADDRESS, NAME, WatchedRedis
from tests.hosts.stage import SentinelStage

Strike = Callable[[WatchedRedis], Callable[[], None]]


def failovers() -> list[tuple[Fault, Random]]:
    """The scenario. "Going on" counts from when the replica is the primary."""
    kinds = (
        ("the primary is killed", _kill),
        ("the primary hangs", _hang),
        ("the primary is told to step back", _step_back),
    )
    return [
        (Fault(name, _failing_over(strike), loses_messages=True), Random(name))
        for name, strike in kinds
    ]


def _failing_over(strike: Strike) -> Callable[[Stage, Random], Struck]:
    def fail_over(stage: Stage, _chance: Random) -> Struck:
        assert isinstance(stage, SentinelStage)
        watched = stage.watched
        primary, successor = watched.primary, watched.other
        bring_back = strike(watched)
        watched.wait_for_primary(successor)
        bring_back()
        watched.wait_for_replica(primary)
        return Struck(f"port {successor.port} takes over")

    return fail_over


def _kill(watched: WatchedRedis) -> Callable[[], None]:
    primary = watched.primary
    primary.kill()
    return primary.start


def _hang(watched: WatchedRedis) -> Callable[[], None]:
    """It takes connections and says nothing; then it wakes up, and takes itself for the primary."""
    primary: RedisProcess = watched.primary
    primary.pause()
    return primary.go_on


def _step_back(watched: WatchedRedis) -> Callable[[], None]:
    with redis.Redis(ADDRESS, watched.ports[0]) as client:
        client.sentinel_failover(NAME)
    return lambda: None
