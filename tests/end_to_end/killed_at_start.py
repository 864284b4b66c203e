"""The shipped Celery application, whose first child is killed just before its node is ready.

`celery -A tests.end_to_end.killed_at_start worker …`. Where `TOLD_TO_END` is set, the node is told
to end as well.
"""

from __future__ import annotations

import os
import signal
from typing import Any

import psutil
from celery.signals import worker_ready

from workers.celery import app


def kill_first_child(**_signal: Any) -> None:
    """Kill it, and wait until it has ended."""
    worker_ready.disconnect(kill_first_child)
    if os.environ.get("TOLD_TO_END"):
        os.kill(os.getpid(), signal.SIGTERM)
    (child,) = psutil.Process().children()
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)


worker_ready.connect(kill_first_child)

__all__ = ["app"]
