"""The last linear layer: from what the decoder has made of a row to a score for each token."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from schema.catalog import Precision
from workers.decoding.blocks import BLOCK
from workers.layers.linear import Linear


class Head:
    """(rows, width) to (rows, vocabulary), widened to a multiple of `BLOCK` by scores of -inf.

    Args:
        weight: (vocabulary, width).
        bias: (vocabulary), or None.
        precision: What to compute in.
        scale: What rows are multiplied by before, as T5 does where input and output share weights.
    """

    def __init__(
        self, weight: Tensor, bias: Tensor | None, precision: Precision, scale: float = 1.0
    ) -> None:
        missing = -len(weight) % BLOCK
        bias = weight.new_zeros(len(weight)) if bias is None else bias
        weight = functional.pad(weight.detach(), (0, 0, 0, missing))
        bias = functional.pad(bias.detach().float(), (0, missing), value=-torch.inf)
        self._linear = Linear(weight, bias, precision)
        self._scale = scale

    def __call__(self, hidden: Tensor) -> Tensor:
        """Score every token."""
        return self._linear(hidden if self._scale == 1.0 else hidden * self._scale)
