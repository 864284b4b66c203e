"""Faults of messages: doubled, in another order, forged."""

from __future__ import annotations

import json
from random import Random

from sqlalchemy import Connection, func, select

from schema.tables import Job
from tests.chaos.faults.fault import Fault, Struck
from tests.chaos.feedback import ANALYSES
from tests.chaos.stage import Stage
from tests.safety.forging import message

_HUGE = 1_000_000


def _highest_job(connection: Connection) -> int:
    return connection.execute(select(func.max(Job.id))).scalar_one() or 1


def double(stage: Stage, chance: Random) -> Struck:
    """Every message that waits is there three times, and one for each of many other jobs: done
    long ago, running, waiting, or of another analysis.
    """
    highest = stage.ask_until(_highest_job, "the highest id of a job")
    pushed = 0
    with stage.redis.client() as client:
        for analysis in ANALYSES:
            key = stage.redis.key(analysis)
            waiting = client.lrange(key, 0, -1)
            late = [chance.randrange(max(1, highest - 60), highest + 1) for _ in range(10)]
            others = [json.dumps(message(job, f"triage.{analysis}")) for job in late]
            copies = [*waiting, *waiting, *others]
            chance.shuffle(copies)
            pushed += len(copies)
            client.lpush(key, *copies)
    return Struck(f"{pushed} messages")


def reorder(stage: Stage, chance: Random) -> Struck:
    """The messages that wait come in another order."""
    moved = 0
    with stage.redis.client() as client:
        for analysis in ANALYSES:
            key = stage.redis.key(analysis)
            with client.pipeline(transaction=True) as taking:
                waiting = taking.lrange(key, 0, -1).delete(key).execute()[0]
            chance.shuffle(waiting)
            if waiting:
                client.rpush(key, *waiting)
            moved += len(waiting)
    return Struck(f"{moved} messages")


def forge(stage: Stage, chance: Random) -> Struck:
    """Rubbish in the queues, among the unacknowledged messages, and as a broadcast."""
    wrong_jobs = (10**9, 2**63 - 1, 2**70, 0, -1, True, None, "1", 1.0, [1], {"id": 1})
    rubbish: list[bytes | str] = [
        *(json.dumps(message(job)) for job in wrong_jobs),
        *(json.dumps(message(1, task)) for task in ("os.system", "celery.chord", "triage.qa", "")),
        *(b"", b"\xff\xfe", b"\x80\x04N.", "{}", "[]", "null", "NaN", "[" * 5_000),
        "x" * _HUGE,
        json.dumps(message(1) | {"content-type": "application/x-python-serialize"}),
        json.dumps(message(1) | {"headers": None}),
    ]
    chance.shuffle(rubbish)
    chosen = rubbish[: chance.randrange(5, len(rubbish))]
    with stage.redis.client() as client:
        for one in chosen:
            client.lpush(stage.redis.key(chance.choice(ANALYSES)), one)
        client.hset(stage.redis.key("unacked"), "forged", b"\xff no JSON")
        client.zadd(stage.redis.key("unacked_index"), {"forged": 0.0})
        client.publish(stage.redis.key("/0.celery.pidbox"), b"\xff no JSON")
    return Struck(f"{len(chosen)} messages")


FAULTS = (
    Fault("messages doubled", double, 4),
    Fault("messages reordered", reorder, 4),
    Fault("messages forged", forge, 4),
)
