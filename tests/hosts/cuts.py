"""Faults of a network: hosts that are cut off without a word, and come back."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from random import Random

from tests.chaos.faults.fault import Fault, Struck
from tests.chaos.ledger import jobs_done, works
from tests.chaos.stage import Stage
from tests.hosts.redis_process import RedisProcess
from tests.hosts.stage import HostsStage

NODES = ("node0", "node1")


def cuts(seconds: float) -> list[tuple[Fault, Random]]:
    """The scenario: each cut lasts so many seconds.

    "Going on" of a cut counts from the moment of the cut; of a host that is back, from then on.
    """
    faults = (
        Fault("a host is cut off", _cut_one),
        Fault("it is back", _after(seconds, _mend)),
        Fault("a host is cut off while the servers restart", _restart_unseen(seconds)),
        Fault("the servers' host is cut off", _cut_all(seconds)),
    )
    return [(fault, Random(fault.name)) for fault in faults]


def _network_of(stage: Stage) -> HostsStage:
    assert isinstance(stage, HostsStage)
    return stage


def _cut_one(stage: Stage, _chance: Random) -> Struck:
    """One is cut off with a job in its hands."""
    network = _network_of(stage)
    stage.ask_until(lambda connection: works(connection, "node1"), "node1 works")
    network.hosts["node1"].cut()
    return Struck("node1, at work")


def _after(seconds: float, what: Callable[[Stage], Struck]) -> Callable[[Stage, Random], Struck]:
    def strike(stage: Stage, _chance: Random) -> Struck:
        stage.pass_time(seconds)
        return what(stage)

    return strike


def _mend(stage: Stage) -> Struck:
    _network_of(stage).hosts["node1"].mend()
    return Struck(f"node1 works {_seconds_until_work(stage, 'node1'):.1f} s after")


def _restart_unseen(seconds: float) -> Callable[[Stage, Random], Struck]:
    """The servers are killed and started again while the host is away, and have long forgotten its
    connections when it is back: what it only listens to stays silent for ever.
    """

    def strike(stage: Stage, _chance: Random) -> Struck:
        network, redis = _network_of(stage), stage.redis
        assert isinstance(redis, RedisProcess)
        stage.ask_until(lambda connection: works(connection, "node1"), "node1 works")
        network.network.forget_soon()
        network.hosts["node1"].cut()
        redis.kill()
        stage.database.halt(signal.SIGKILL)  # type: ignore[union-attr]
        redis.start()
        stage.database.start()  # type: ignore[union-attr]
        stage.pass_time(seconds)
        return _mend(stage)

    return strike


def _cut_all(seconds: float) -> Callable[[Stage, Random], Struck]:
    """Nobody reaches the servers, and no connection is ended."""

    def strike(stage: Stage, _chance: Random) -> Struck:
        hosts = _network_of(stage).hosts.values()
        for host in hosts:
            host.cut()
        stage.pass_time(seconds)
        for host in hosts:
            host.mend()
        again = [f"{name} works {_seconds_until_work(stage, name):.1f} s after" for name in NODES]
        return Struck(", ".join(again))

    return strike


def _seconds_until_work(stage: Stage, node: str) -> float:
    """From now until a node has done one more job."""
    began = time.monotonic()
    before = stage.ask_until(lambda connection: (jobs_done(connection, node),), "the ledger")[0]
    stage.ask_until(lambda connection: jobs_done(connection, node) > before, f"{node} works")
    return time.monotonic() - began
