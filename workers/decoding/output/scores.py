"""Scores: one for each row and token that may come next."""

from __future__ import annotations

from torch import Tensor

from workers.decoding.output.block_topk import argmax


class Scores:
    """Holds exact scores.

    Args:
        values: (rows, vocabulary or more) in float32; columns beyond it are -inf. Tokens
            may be forbidden in place, by -inf.
    """

    def __init__(self, values: Tensor) -> None:
        self.values = values

    def largest(self) -> Tensor:
        """Find the token with the largest score of each row, (rows); of equals the first."""
        return argmax(self.values)
