"""When a training ends early, and which of its checkpoints is the best: by its history alone, so
that a training that was killed decides the same when it goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

#: What a validation is called in the history.
SCORE = "score"


class Validated(NamedTuple):
    """A score, and after how many steps."""

    step: int
    score: float


def validations(history: Sequence[Mapping[str, Any]]) -> list[Validated]:
    """The validations of a history, as Trainer's `log_history` has it, in their order."""
    return [Validated(one["step"], one[SCORE]) for one in history if SCORE in one]


def best(found: Sequence[Validated]) -> Validated:
    """The one with the best score; of several the first."""
    return max(found, key=lambda one: (one.score, -one.step))


def is_over(found: Sequence[Validated], patience: int) -> bool:
    """Whether so many validations in a row were no better than the best before them."""
    if not found:
        return False
    return len(found) - 1 - found.index(best(found)) >= patience
