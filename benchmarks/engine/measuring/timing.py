"""Timing of variants side by side: interleaved, rotated, and told when somebody else was busy."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psutil

#: Cores that others may use before a sample counts as disturbed.
TOLERATED = 0.2
#: A disturbed sample is taken again if that takes no longer, in seconds …
_CHEAP = 20.0
#: … and if it has not been in vain so often: then others are busy all the time.
_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """One timing.

    Attributes:
        seconds: Of the wall clock.
        foreign: Cores that other processes, or other guests of the host, kept busy meanwhile.
    """

    seconds: float
    foreign: float

    @property
    def disturbed(self) -> bool:
        """Whether others used more than is tolerated."""
        return self.foreign > TOLERATED


@dataclass(slots=True)
class Timed:
    """Something to time, and its samples, one for each round that it took part in.

    Attributes:
        rounds: Takes part in so many, the first ones.
    """

    call: Callable[[], Any]
    rounds: int
    samples: list[Sample] = field(default_factory=list)


def sample(call: Callable[[], Any]) -> Sample:
    """Time a call."""
    gc.collect()
    busy, own = _busy(), _own()
    began = time.perf_counter()
    call()
    seconds = time.perf_counter() - began
    return Sample(seconds, max(0.0, (_busy() - busy) - (_own() - own)) / seconds)


class Patience:
    """Takes disturbed samples again, until that has been in vain too often."""

    def __init__(self) -> None:
        self._left = _ATTEMPTS

    def sample(self, call: Callable[[], Any]) -> Sample:
        """Time a call, again where it was disturbed and is short; the least disturbed sample."""
        best = sample(call)
        while best.disturbed and best.seconds < _CHEAP and self._left:
            again = sample(call)
            if again.disturbed:
                self._left -= 1
            best = min(best, again, key=lambda taken: taken.foreign)
        return best


def interleave(timed: list[Timed], between: Callable[[], Any]) -> None:
    """Rounds in which each takes its turn, each round beginning with another.

    Args:
        timed: Gets a sample for each of its rounds.
        between: Called before each round.
    """
    patience = Patience()
    for number in range(max(item.rounds for item in timed)):
        between()
        first = number % len(timed)
        for item in timed[first:] + timed[:first]:
            if number < item.rounds:
                item.samples.append(patience.sample(item.call))
    between()


def _busy() -> float:
    """Seconds that all cores together have been busy, or stolen by the host."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    # Linux counts a guest's time as its host's user time already.
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return float(sum(times) - idle - guests)


def _own() -> float:
    """Seconds that this process and its children have been busy."""
    here = psutil.Process()
    used = here.cpu_times()
    total = used.user + used.system + used.children_user + used.children_system
    for child in here.children(recursive=True):
        try:
            theirs = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += theirs.user + theirs.system
    return float(total)
