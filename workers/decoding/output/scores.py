"""Scores of the next token, one for each row and token."""

from __future__ import annotations

from torch import Tensor

from workers.decoding.output.block_topk import argmax


class Scores:
    """Exact scores.

    Args:
        values: (rows, vocabulary or more) in float32; what is more is -inf. Whoever gets them may
            forbid tokens in place, by -inf.
    """

    def __init__(self, values: Tensor) -> None:
        self.values = values

    def largest(self) -> Tensor:
        """The token with each row's largest score, (rows); of equals the first."""
        return argmax(self.values)
