"""Lifetimes of processes that we start: they end when we do, however we end."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable

#: Linux's prctl(2) option: the signal that a child gets when its parent dies.
_PR_SET_PDEATHSIG = 1


def dying_with_us() -> Callable[[], None] | None:
    """For `Popen(preexec_fn=…)`: end the new process when this one dies, even by `kill -9`.

    Only Linux can; elsewhere None, and the process has to be stopped by name.
    """
    return _set_death_signal if sys.platform == "linux" else None


def _set_death_signal() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


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
