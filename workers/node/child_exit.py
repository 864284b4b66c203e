"""Child exits: how a child ended, in the words that a dead letter of its document may have."""

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


def find_exit(pid: int) -> Failure | None:
    """Ask the kernel how a child has ended, and leave it a zombie for the pool that owns it.

    Returns:
        None while some of its threads are still ending: until then the kernel does not say.
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


def parse_exit(status: str) -> Failure:
    """Read billiard's sentence on the end of a child."""
    found = _SIGNAL.search(status)
    return _killed_by(found[1]) if found else ENDED_ITSELF


def _killed_by(name: str) -> Failure:
    hint = ", as the kernel does when memory runs out" if name == "SIGKILL" else ""
    return Failure(name, f"its worker was killed by {name}{hint}")


#: Exits of children that are remembered at the most, until somebody asks for them.
MAX_EXITS = 64

#: Set when a child has ended: maintenance does not wait for its next round then.
wake = threading.Event()

#: How children have ended, by pid. A child that replaces a dead one inherits this with the fork.
exits: dict[int, Failure] = {}


def record_exit(pid: int, failure: Failure) -> None:
    """Note in the parent how a child ended; of several reports the first counts."""
    exits.setdefault(pid, failure)
    while len(exits) > MAX_EXITS:
        del exits[next(iter(exits))]
    wake.set()


def exit_of(pid: int) -> Failure:
    """How a worker ended, as far as this process, or the parent that it was forked from, knows."""
    return exits.get(pid, LOST)
