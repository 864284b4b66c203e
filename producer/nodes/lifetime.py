"""Lifetimes of processes that we start: they end when we do, however we end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

from schema.process import die_with_parent


def dying_with_us() -> Callable[[], None] | None:
    """For `Popen(preexec_fn=…)`: end the new process when this one dies, even by `kill -9`.

    Only Linux can; elsewhere None, and the process has to be stopped by name.
    """
    return (lambda: die_with_parent(signal.SIGTERM)) if sys.platform == "linux" else None


def end(process: subprocess.Popen[bytes], patience: float) -> None:
    """Ask a process that leads its own session to end; after `patience` seconds, end it with all
    that it has started.
    """
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
