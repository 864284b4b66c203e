"""What linear layers read of some texts, before their weights are rounded to int8.

Rounding a weight shifts what comes out, by the same for every row as far as rows have a mean. With
some rows at hand the shift is known, and taken back (Nagel et al. 2019, "bias correction").
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

import torch
from torch import Tensor


class Waiting(Protocol):
    """Computes exactly until it is told to round its weight."""

    def round_weight(self) -> None:
        """Round the weight, by what was read until now."""


_waiting: ContextVar[list[Waiting] | None] = ContextVar("waiting", default=None)


class InputSample:
    """Takes down what one layer reads.

    Attributes:
        mean: The mean of all rows, (inputs); None if there was none.
    """

    def __init__(self) -> None:
        self.mean: Tensor | None = None
        self._count = 0

    def add(self, x: Tensor) -> None:
        """Take down (rows, inputs)."""
        if not len(x):
            return
        self._count += len(x)
        mean = x.mean(dim=0)
        part = len(x) / self._count
        self.mean = mean if self.mean is None else torch.lerp(self.mean, mean, part)


def wait(layer: Waiting) -> bool:
    """Whether layers are sampled now; then this one is rounded at the end."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append(layer)
    return waiting is not None


@contextmanager
def sampled() -> Iterator[None]:
    """In this block, layers in int8 that are made compute exactly, so that they can be given some
    texts; at its end they are rounded by what they have read.
    """
    layers: list[Waiting] = []
    token = _waiting.set(layers)
    try:
        yield
    finally:
        _waiting.reset(token)
    for layer in layers:
        layer.round_weight()
