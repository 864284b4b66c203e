"""The meter: how quick a child is, for the log and for `triage status`."""

from __future__ import annotations

from time import monotonic

from schema.status.workers import Throughput
from workers.engine.counters import Counters

#: Seconds between two reports.
REPORT_EVERY = 5.0


class ThroughputMeter:
    """Adds jobs up, and forgets them when they are reported."""

    def __init__(self) -> None:
        """Nothing is done; the first job is reported at once."""
        self._due = monotonic()
        self._forget()

    def _forget(self) -> None:
        self._counters = Counters()
        self._seconds = 0.0

    def add(self, counters: Counters, seconds: float) -> None:
        """A job that took so many seconds, from when the child was free for it."""
        self._counters += counters
        self._seconds += seconds

    def report(self) -> Throughput | None:
        """What is to be told now, if it is time."""
        if monotonic() < self._due or not self._seconds:
            return None
        told = throughput(self._counters, self._seconds)
        self._due = monotonic() + REPORT_EVERY
        self._forget()
        return told


def throughput(counters: Counters, seconds: float) -> Throughput:
    """Of work that took so long."""
    if not counters.forwards:
        return Throughput(forward_share=0.0)
    return Throughput(
        tokens_per_second=counters.tokens / seconds,
        padding=counters.padding,
        batch_fill=counters.fill,
        forward_share=min(1.0, counters.seconds / seconds),
    )


def throughput_line(documents: int, reused: int, counters: Counters, seconds: float) -> str:
    """The same of one job, as a line of the log has it."""
    known = f", {reused:,} had a result already" if reused else ""
    return (
        f"{documents:,} documents, {counters.tokens:,} tokens in {counters.forwards:,} batches, "
        f"{counters.padding:.0%} padding, {counters.fill:.0%} full, "
        f"{counters.tokens / max(seconds, 1e-9):,.0f} tokens/s, "
        f"forward {min(1.0, counters.seconds / max(seconds, 1e-9)):.0%} of the wall time{known}"
    ).replace("%", " %")
