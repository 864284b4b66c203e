"""How a worker died, asked of the kernel and read from billiard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from schema.ledger.reap import LOST
from workers.node.child_exit import ENDED_ITSELF, find_exit, parse_exit


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGBUS])
def test_the_kernel_says_which_signal(number: signal.Signals) -> None:
    child = subprocess.Popen(["sleep", "600"])
    assert find_exit(child.pid) is None, "it lives"
    child.send_signal(number)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    for _ in range(2):
        death = find_exit(child.pid)
        assert death and death.error_class == number.name
    assert child.wait() == -number, "its owner may still ask"
    assert find_exit(child.pid) == LOST


def test_who_ends_by_itself_was_not_killed() -> None:
    child = subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert find_exit(child.pid) == ENDED_ITSELF
    child.wait()


def test_billiard_says_it_too() -> None:
    said = parse_exit("Worker exited prematurely: signal 11 (SIGSEGV) Job: 3.")
    assert (said.error_class, said.message) == ("SIGSEGV", "its worker was killed by SIGSEGV")
    assert parse_exit("Worker exited prematurely: exitcode 1 Job: 3.") == ENDED_ITSELF
