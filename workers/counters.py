"""Counters: what an engine has done, and what that says of how well the machine was used."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(slots=True)
class Counters:
    """What an engine has done since it was made, or between two looks.

    Attributes:
        forwards: Batches that were tried, those that failed among them.
        tokens: Tokens of the windows in them.
        padded_tokens: What they cost: the same with padding, where there is any.
        room: What they might have cost: the budget of each.
        seconds: In forward.
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
