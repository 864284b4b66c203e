"""The entry point of `triage`: a Ctrl-C while the rest is imported is one sentence, too."""

from __future__ import annotations

import os
import signal
from types import FrameType

from producer.exit_codes import INTERRUPTED


def main() -> None:
    """Import the console and run it."""
    before = signal.getsignal(signal.SIGINT)
    # Whoever has us ignore it, as a shell does for what runs in the background, goes on to.
    handled = before is signal.default_int_handler
    if handled:
        signal.signal(signal.SIGINT, _stop)
    from producer.console import main as run_console

    if handled:
        signal.signal(signal.SIGINT, before)
    run_console()


def _stop(_number: int, _frame: FrameType | None) -> None:
    os.write(2, b"interrupted before anything was done; the same command begins again\n")
    # Not by an exception, which libraries that are just being imported may catch or print.
    os._exit(INTERRUPTED)
