"""Shutdown: what the first signal to end begins, and what the second one does.

The first (SIGTERM, Ctrl-C) lets running jobs finish for `TRIAGE_GRACE` seconds, then has them
released; the second releases them at once. Either way Celery's warm shutdown goes on behind it, and
ends as soon as the children have.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from typing import Any

from schema.results import Failure
from schema.settings import settings
from workers.node import child_exit, maintenance_thread
from workers.node.scoreboard import POLL_INTERVAL, Scoreboard, node_scoreboard

logger = logging.getLogger(__name__)

#: Seconds after the grace in which a child has released its job and ended, unless it cannot: it
#: still loads its models, or the database does not answer.
MARGIN = 1.5
#: What is charged with a job that its worker could not give back.
TOO_LATE = Failure("WorkerLost", "its node was told to end, and it could not release the job")


def begin(how: str = "Warm", **_signal: Any) -> None:
    """Begin to end the node; Celery calls this in the parent at the first signal."""
    maintenance_thread.stop()
    grace = 0.0 if how == "Cold" else settings().grace
    node_scoreboard.stop(grace)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, _at_once)
    logger.info("the node ends: running jobs have %g s", grace)
    threading.Thread(target=end_stragglers, args=(node_scoreboard,), daemon=True).start()


def _at_once(_number: int, _frame: Any) -> None:
    node_scoreboard.stop(0)


def end_stragglers(board: Scoreboard) -> None:
    """Kill children that only load, and once the grace of the node is over those that still run."""
    while (stop_at := board.stop_at) is None or time.monotonic() < stop_at + MARGIN:
        _kill(board.pids(loading=True))
        time.sleep(POLL_INTERVAL)
    _kill(board.pids())


def _kill(pids: list[int]) -> None:
    for pid in pids:
        if _is_running_child(pid):
            child_exit.record_exit(pid, TOO_LATE)
            logger.info("child %d is ended with its node", pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _is_running_child(pid: int) -> bool:
    """Whether the number is still that of a child: after its end another process may get it."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:
        return False
