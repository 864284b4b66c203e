"""Faults of a Redis that is there and refuses: with every error that it knows, and for keys of ours
that another program has overwritten.
"""

from __future__ import annotations

from random import Random

from schema.broker.redis_keys import typed_keys
from tests.chaos.faults.fault import Fault, Struck
from tests.chaos.stage import Stage
from tests.support.servers.refusals import REFUSALS

#: Keys that are overwritten at once, at the most.
SEVERAL = 4


def refuse(stage: Stage, chance: Random) -> Struck:
    """Redis answers with one kind of error for some seconds."""
    refusal = chance.choice(REFUSALS)
    seconds = chance.uniform(3, 8)
    with refusal.lasting(stage.redis):
        stage.pass_time(seconds)
    return Struck(f"{refusal.code} for {seconds:.1f} s")


def overwrite(stage: Stage, chance: Random) -> Struck:
    """Another program writes into keys of ours, which are of another type then."""
    keys = [key for key, kind in typed_keys() if kind != "string"]
    chosen = chance.sample(keys, chance.randrange(1, SEVERAL + 1))
    with stage.redis.client() as client:
        for key in chosen:
            client.set(key, "somebody else's")
    return Struck(", ".join(repr(key) for key in chosen))


FAULTS = (
    Fault("Redis refuses", refuse, 6, loses_messages=True),
    Fault("keys of Redis overwritten", overwrite, 3, loses_messages=True),
)
