"""Faults of reapers: several at once, and one that is killed before it commits."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from random import Random

import psutil

from producer.nodes.lifetime import dying_with_us
from schema.database import writing
from schema.ledger.reap import reap
from tests.chaos.faults.fault import Fault, Struck, pick_node
from tests.chaos.ledger import has_moved_on, take_snapshot, works
from tests.chaos.stage import LEASE, MAX_ATTEMPTS, ROOT, Stage
from tests.support.waiting import wait_until

#: Beside those of the nodes.
REAPERS = 3


@contextmanager
def _nobody_watching(stage: Stage) -> Iterator[None]:
    """The parents of all nodes are stopped: else they would see a child die, and free its job at
    once, and nobody would ever find a lease that is over. None of them has SQLite's lock then,
    which nobody could take from it.
    """
    try:
        with writing(stage.engine):
            for node in stage.nodes:
                node.process.send_signal(signal.SIGSTOP)
                wait_until(partial(_is_stopped, node.process.pid), LEASE, f"{node.name} stops")
        yield
    finally:
        for node in stage.nodes:
            node.process.send_signal(signal.SIGCONT)


def _is_stopped(pid: int) -> bool:
    return psutil.Process(pid).status() == psutil.STATUS_STOPPED


def _moved_on(stage: Stage, running: dict[int, int]) -> bool:
    return bool(stage.ask(lambda connection: has_moved_on(connection, running)))


def reap_at_once(stage: Stage, chance: Random) -> Struck:
    """A child dies, and many reapers stand over its job when its lease ends."""
    node = pick_node(stage, chance)
    over = threading.Event()
    freed: list[int] = []
    failures: list[Exception] = []

    def reap_on() -> None:
        try:
            while not over.wait(0.05):
                freed.append(reap(stage.engine, MAX_ATTEMPTS).expired)
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=reap_on) for _ in range(REAPERS)]
    stage.ask_until(lambda connection: works(connection, node.name), f"{node.name} works")
    child = node.child()
    with _nobody_watching(stage):
        running = stage.ask_until(take_snapshot, "a snapshot").running
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        for thread in threads:
            thread.start()
        try:
            wait_until(
                lambda: any(freed) or failures or _moved_on(stage, running),
                10 * LEASE,
                "a reaper has found the job",
            )
        finally:
            over.set()
            for thread in threads:
                thread.join()
    if failures:
        raise failures[0]
    return Struck(f"{REAPERS} over {node.name}: {sum(freed)} jobs in {len(freed)} looks")


def kill_reaper(stage: Stage, chance: Random) -> Struck:
    """A reaper is killed after its statements and before its commit, and others have to do it."""
    node = pick_node(stage, chance)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.reaper", stage.database.url, str(MAX_ATTEMPTS)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=dying_with_us(),
    ) as reaper:
        assert reaper.stdout is not None
        reaper.stdout.readline()
        stage.ask_until(lambda connection: works(connection, node.name), f"{node.name} works")
        child = node.child()
        with _nobody_watching(stage):
            running = stage.ask_until(take_snapshot, "a snapshot").running
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            try:
                wait_until(
                    lambda: reaper.poll() is not None or _moved_on(stage, running),
                    10 * LEASE,
                    "a reaper has found the job",
                )
            finally:
                midway = reaper.poll() is not None
                reaper.kill()
    return Struck(f"over {node.name}, " + ("killed midway" if midway else "it held no job"))


FAULTS = (
    Fault("several reapers at once", reap_at_once, 3),
    Fault("reaper killed midway", kill_reaper, 2),
)
