"""Scores of the next token, one for each row and token."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from workers.decoding.blocks import argmax


class Scores:
    """Exact scores.

    Args:
        values: (rows, vocabulary or more) in float32; what is more is -inf. Whoever gets them may
            forbid tokens in place, by -inf.
    """

    def __init__(self, values: Tensor) -> None:
        self.values = values

    def split(self, rows: Sequence[int]) -> Sequence[Scores]:
        """Scores of the first rows, of those after them, and so on; they share the values."""
        return [Scores(part) for part in torch.split(self.values, list(rows))]

    def largest(self) -> Tensor:
        """The token with each row's largest score, (rows); of equals the first."""
        return argmax(self.values)
