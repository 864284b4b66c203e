"""All that a run of the benchmark has found."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.engine.measuring.end_to_end import (
    Scale,
    Whole,
)
from benchmarks.engine.reporting.row import Row


@dataclass(slots=True)
class Found:
    """What a run has found.

    Attributes:
        rows: Of all sections.
        wholes: The system against the engine alone.
        scales: Runs of several sizes through the system.
        limits: Operations a second by precision, medians over the run.
        device: Where.
        threads: On a CPU.
        shapes: `real` or `tiny`.
    """

    device: str
    threads: int
    shapes: str
    rows: list[Row] = field(default_factory=list)
    wholes: list[Whole] = field(default_factory=list)
    scales: list[Scale] = field(default_factory=list)
    limits: dict[str, float] = field(default_factory=dict)
