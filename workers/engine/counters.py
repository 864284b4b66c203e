"""Counters: what an engine has done, and what that says of how well the machine was used."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from time import perf_counter


@dataclass(slots=True)
class Counters:
    """What an engine has done since it was made, or between two looks.

    Attributes:
        forwards: Batches that were tried, those that failed among them.
        tokens: Tokens of the windows in them.
        padded_tokens: What they cost: the same with padding, where there is any.
        room: What they might have cost: the budget of each.
        seconds: In which a forward ran, or several at once.
    """

    forwards: int = 0
    tokens: int = 0
    padded_tokens: int = 0
    room: int = 0
    seconds: float = 0.0

    def __add__(self, other: Counters) -> Counters:
        return Counters(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def __sub__(self, other: Counters) -> Counters:
        return Counters(*(a - b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def copy(self) -> Counters:
        """A look, to be compared with a later one."""
        return Counters(*astuple(self))

    @property
    def padding(self) -> float:
        """The share of what was computed that was padding, 0..1."""
        return 1 - self.tokens / self.padded_tokens if self.padded_tokens else 0.0

    @property
    def fill(self) -> float:
        """The share of their budgets that the batches took, 0..1."""
        return self.padded_tokens / self.room if self.room else 0.0


class ForwardCounter:
    """Counts forwards, which may run at once.

    Args:
        counters: To add to.
    """

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._lock = threading.Lock()
        self._running, self._since = 0, 0.0

    def add(self, done: Counters) -> None:
        """What was counted elsewhere."""
        with self._lock:
            for field in fields(Counters):
                both = getattr(self._counters, field.name) + getattr(done, field.name)
                setattr(self._counters, field.name, both)

    @contextmanager
    def one(self, tokens: int, cost: int, budget: int) -> Iterator[None]:
        """A forward, while it runs.

        Args:
            tokens: Of its windows.
            cost: The same with padding.
            budget: What it might have cost.
        """
        with self._lock:
            self._counters.forwards += 1
            self._counters.tokens += tokens
            self._counters.padded_tokens += cost
            self._counters.room += max(cost, budget)
            self._change(1)
        try:
            yield
        finally:
            with self._lock:
                self._change(-1)

    def _change(self, by: int) -> None:
        # Lanes that never rest together are to be counted all the same.
        now = perf_counter()
        if self._running:
            self._counters.seconds += now - self._since
        self._since = now
        self._running += by
