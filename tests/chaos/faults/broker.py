"""Faults of Redis: killed, emptied, away, cut off."""

from __future__ import annotations

from random import Random

from tests.chaos.faults.fault import Fault, Struck
from tests.chaos.stage import Stage


def kill_redis(stage: Stage, chance: Random) -> Struck:
    """`kill -9`, and started again with what it had written to its append-only file."""
    stage.redis.kill()
    stage.redis.start()
    return Struck("with its append-only file")


def lose_redis(stage: Stage, chance: Random) -> Struck:
    """`kill -9`, and started again with nothing."""
    stage.redis.kill()
    stage.redis.forget()
    stage.redis.start()
    return Struck("empty")


def flush_redis(stage: Stage, chance: Random) -> Struck:
    """FLUSHALL: the queues, and what Celery keeps about unacknowledged messages."""
    with stage.redis.client() as client:
        keys = client.dbsize()
        client.flushall()
    return Struck(f"{keys} keys")


def take_redis_away(stage: Stage, chance: Random) -> Struck:
    """Nobody answers for 10 seconds."""
    empty = chance.random() < 0.5
    stage.redis.kill()
    if empty:
        stage.redis.forget()
    stage.pass_time(10)
    stage.redis.start()
    return Struck("for 10 s, " + ("then empty" if empty else "then as it was"))


def cut_clients(stage: Stage, chance: Random) -> Struck:
    """All connections of clients end, as behind a load balancer that restarts."""
    with stage.redis.client() as client:
        ended = client.client_kill_filter(_type="normal", skipme=True)
        ended += client.client_kill_filter(_type="pubsub")
    return Struck(f"{ended} connections")


FAULTS = (
    Fault("Redis killed", kill_redis, 3),
    Fault("Redis killed and emptied", lose_redis, 2, loses_messages=True),
    Fault("FLUSHALL", flush_redis, 3, loses_messages=True),
    Fault("Redis away", take_redis_away, 2, loses_messages=True),
    Fault("connections to Redis cut", cut_clients, 4),
)
