"""Processes: told apart across machines and across time, and asked whether they still live."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

#: States of a process that has ended: a zombie, or dead.
_ENDED = "ZXx"
#: Linux's prctl(2) option: the signal that a process gets when its parent's thread ends.
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Process:
    """A process.

    Attributes:
        machine: Equal for processes that can see each other: one boot of one host, one namespace
            of process numbers (containers have their own).
        pid: Its number.
        started: When it began, in clock ticks since boot (proc(5), `/proc/[pid]/stat`, 22), so that
            a later process of the same number is another one; 0 where the system does not say.
    """

    machine: str
    pid: int
    started: int

    @property
    def alive(self) -> bool:
        """Whether it lives; one that is stopped does. True on another machine: nobody can say."""
        if self.machine != machine():
            return True
        if self.started:
            return _started(self.pid) == self.started
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True

    @property
    def parent(self) -> int | None:
        """Of one that has ended: the process that has not yet asked how. None when it has, or
        there was none, or the system does not say.
        """
        fields = _stat(self.pid)
        return int(fields[1]) if fields and fields[0] in _ENDED else None


def this_process() -> Process:
    """The process that asks."""
    return find_process(os.getpid())


def find_process(pid: int) -> Process:
    """A process of this machine by its number."""
    return Process(machine(), pid, _started(pid))


def die_with_parent(number: signal.Signals) -> None:
    """Have this process sent a signal when its parent ends, even by `kill -9`. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


@lru_cache(maxsize=1)
def machine() -> str:
    """What this process can see the processes of."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()} {boot} {namespace}"


def _started(pid: int) -> int:
    """0 when there is no such process, or it has ended, or the system does not say."""
    fields = _stat(pid)
    return 0 if not fields or fields[0] in _ENDED else int(fields[19])


def _stat(pid: int) -> list[str]:
    """From the third field on; empty when there is no such process."""
    try:
        # The name in brackets may itself hold brackets and spaces.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []
