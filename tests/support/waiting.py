"""Waiting for something to become true: until it is, and never longer than a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: Seconds between two looks.
PAUSE = 0.05


def wait_until(condition: Callable[[], T | None], timeout: float, what: str | None = None) -> T:
    """Ask until the answer is true, and return that answer.

    Args:
        condition: Asked at once and then every 50 ms. What it raises ends the wait.
        timeout: Seconds; however late it is by then, it is asked once more.
        what: What is waited for, in words, for the error.

    Raises:
        TimeoutError: If no answer was true.
    """
    deadline = time.monotonic() + timeout
    over = threading.Event()
    while True:
        last = time.monotonic() >= deadline
        if answer := condition():
            return answer
        if last:
            name = what or getattr(condition, "__qualname__", repr(condition))
            raise TimeoutError(f"not within {timeout:g} s: {name}; the last answer was {answer!r}")
        over.wait(PAUSE)
