"""Deaths of workers: how a process ended, in the words that its documents may be charged with."""

from __future__ import annotations

import os
import re
import signal
import threading

from schema.ledger.reap import LOST
from schema.results import Failure

#: A worker that was not killed: it saw that it could not go on.
ENDED_ITSELF = Failure("WorkerLost", "its worker ended itself")
#: As billiard's `human_status` puts it, e.g. `signal 11 (SIGSEGV)`.
_SIGNAL = re.compile(r"signal \d+ \((SIG\w+)\)")


def how_a_child_ended(pid: int) -> Failure | None:
    """Ask the kernel, and leave the child to be asked for again by the pool that owns it.

    Returns:
        None while some of its threads are still ending: what the first did is not yet to be had.
    """
    try:
        ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return LOST
    if ended is None:
        return None
    if ended.si_code == os.CLD_EXITED:
        return ENDED_ITSELF
    return _killed_by(signal.Signals(ended.si_status).name)


def how_it_ended(status: str) -> Failure:
    """By billiard's sentence on the end of a child."""
    found = _SIGNAL.search(status)
    return _killed_by(found[1]) if found else ENDED_ITSELF


def _killed_by(name: str) -> Failure:
    hint = ", as the kernel does when memory runs out" if name == "SIGKILL" else ""
    return Failure(name, f"its worker was killed by {name}{hint}")


#: Deaths of children that are remembered until somebody asks.
DEATHS_KEPT = 64

#: Set when a child has ended: maintenance does not wait for its next round then.
wake = threading.Event()

#: By pid. A child that replaces a dead one inherits this with the fork.
deaths: dict[int, Failure] = {}


def child_died(pid: int, failure: Failure) -> None:
    """In the parent: what is known of a child's end; of several reports the first counts."""
    deaths.setdefault(pid, failure)
    while len(deaths) > DEATHS_KEPT:
        del deaths[next(iter(deaths))]
    wake.set()


def death_of(pid: int) -> Failure:
    """What this process, or the parent that it was forked from, knows of the end of a worker."""
    return deaths.get(pid, LOST)
