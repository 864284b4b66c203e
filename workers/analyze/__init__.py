"""`triage analyze`: the engine in one process, without a queue."""

from workers.analyze.command import main

__all__ = ["main"]
