"""A stage of a document's way, and what it cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from benchmarks.ingest.processor_time import processor_seconds

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stage:
    """What was done, how often, and what it took.

    Attributes:
        name: As it is printed.
        unit: What is counted.
        count: How many of these.
        ours: Seconds of processor of our process.
        server: Seconds of processor of the database's server.
    """

    name: str
    unit: str
    count: int
    ours: float
    server: float

    @property
    def line(self) -> str:
        """The stage as a row: microseconds of each."""
        ours, server = (1e6 * one / self.count for one in (self.ours, self.server))
        return f"{self.name:<34}{self.count:>8} {self.unit:<10}{ours:>12.1f}{server:>12.1f}"


HEADER = f"{'stage':<34}{'of':>8} {'':<10}{'µs ours':>12}{'µs server':>12}"


class Stages:
    """Runs stages one after the other, and keeps what they cost.

    Args:
        server: The process of the database's server; None where there is none.
    """

    def __init__(self, server: int | None = None) -> None:
        self._server = server
        self.found: list[Stage] = []

    def run(self, name: str, unit: str, count: int, work: Callable[[], T]) -> T:
        """Do the work of a stage, and print its line."""
        ours, all_of_us = processor_seconds(None), processor_seconds(self._server)
        done = work()
        spent = processor_seconds(None) - ours
        server = processor_seconds(self._server) - all_of_us - spent
        stage = Stage(name, unit, count, spent, max(server, 0.0) if self._server else 0.0)
        self.found.append(stage)
        print(stage.line, flush=True)
        return done
