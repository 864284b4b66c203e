"""Ctrl-C outside of a command's own work: one sentence and the end of the process, no traceback.

It imports nothing that takes time: what begins a program needs it first.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: What a program ends with after Ctrl-C, as shells have it.
INTERRUPTED = 128 + signal.SIGINT


def end_at_once() -> None:
    """From now on Ctrl-C ends this process, with a sentence; so a program should begin.

    Whoever has us ignore the signal, as a shell does for what runs in the background, goes on to.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end_before)


@contextmanager
def raised() -> Iterator[None]:
    """In the block Ctrl-C is a `KeyboardInterrupt` again; behind it, it ends the process."""
    if signal.getsignal(signal.SIGINT) is not _end_before:
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, _end_after)


def _end_before(_number: int, _frame: FrameType | None) -> None:
    _end(b"interrupted before anything was done; the same command begins again\n")


def _end_after(_number: int, _frame: FrameType | None) -> None:
    _end(b"interrupted at the very end\n")


def _end(sentence: bytes) -> None:
    os.write(2, sentence)
    # Not by an exception, which libraries that are just being imported may catch or print.
    os._exit(INTERRUPTED)
