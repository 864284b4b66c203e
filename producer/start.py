"""The entry point of `triage`: a Ctrl-C while the rest is imported is one sentence, too."""

from __future__ import annotations

from schema.interrupts import end_at_once


def main() -> None:
    """Import the console and run it."""
    end_at_once()
    from producer.console import main as run_console

    run_console()
