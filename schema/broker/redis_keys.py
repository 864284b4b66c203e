"""Our keys in Redis: the type of each, and what is done with one that has another.

Whoever shares the server may overwrite a key of ours. Redis would then refuse every command on it
for ever (`WRONGTYPE`). The ledger knows all that our keys say, so such a key is moved aside.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import redis

from schema.analyses import ANALYSES, queue_name
from schema.broker.app import EXCHANGE, KEY_PREFIX
from schema.broker.refusals import refusal_code

#: Where a key of another type goes: the newest of each name is kept.
ASIDE = f"{KEY_PREFIX}aside:"
#: Key that is written now and then to check that Redis takes writes.
PROBE = "probe"
#: Seconds after which the probe expires.
PROBE_LIFE = 60
#: Celery's exchanges beside our own: events, questions to nodes and their answers.
EXCHANGES = (EXCHANGE, "celeryev", "celery.pidbox", "reply.celery.pidbox")
#: A queue of kombu's is a list for each step of priority.
STEPS = ("", "\x06\x163", "\x06\x166", "\x06\x169")


def typed_keys() -> Iterator[tuple[str, str]]:
    """Yield every key that nodes cannot do without, with its prefix, and its type."""
    yield f"{KEY_PREFIX}unacked", "hash"
    yield f"{KEY_PREFIX}unacked_index", "zset"
    yield f"{KEY_PREFIX}_kombu.binding_deadlines", "zset"
    yield f"{KEY_PREFIX}{PROBE}", "string"
    for exchange in EXCHANGES:
        yield f"{KEY_PREFIX}_kombu.binding.{exchange}", "set"
        yield f"{KEY_PREFIX}_kombu.binding_permanent.{exchange}", "set"
    for analysis, step in itertools.product(ANALYSES, STEPS):
        yield f"{KEY_PREFIX}{queue_name(analysis)}{step}", "list"


def move_aside(client: redis.Redis) -> list[str]:
    """Rename every key of ours that has another type than it should.

    Args:
        client: The client; whether it adds our prefix to keys by itself does not matter.

    Returns:
        A line for a log for each key that was moved.

    Raises:
        redis.RedisError: If Redis refuses that too.
    """
    wanted = list(typed_keys())
    with redis.client.Pipeline(
        client.connection_pool, client.response_callbacks, transaction=False, shard_hint=None
    ) as pipe:
        for key, _ in wanted:
            pipe.type(key)
        found = [kind.decode() for kind in pipe.execute()]
    moved = []
    for (key, kind), actual in zip(wanted, found, strict=True):
        if actual in (kind, "none"):
            continue
        name = ASIDE + key.removeprefix(KEY_PREFIX)
        try:
            client.rename(key, name)
        except redis.ResponseError as error:
            if refusal_code(error) != "ERR":
                raise
            # Another node was quicker: there is no such key any more.
            continue
        moved.append(f"{key} was a {actual} instead of a {kind} and is {name} now")
    return moved
