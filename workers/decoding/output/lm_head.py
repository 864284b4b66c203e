"""The LM head: the last linear layer, from a hidden state to a score for each token."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor
from torch.nn import functional

from schema.catalog import Precision
from workers.decoding.output.block_topk import BLOCK
from workers.decoding.output.int8_argmax import Int8Argmax
from workers.decoding.output.scores import Scores
from workers.layers.int8_matmul import NoProductError
from workers.layers.linear import DTYPES, Linear

#: Weights from which the int8 argmax pays: fewer stay in the processor's caches.
_LARGE = 1_000_000
#: Precisions whose tokens it finds exactly, by weights in float32. For int8 that costs no more
#: than inexact scores, and nearly equal tokens are where a text begins to read otherwise.
_EXACT = ("fp32", "int8")


class Head:
    """Scores (rows, width): a column for each token of the vocabulary, widened to a multiple of
    `BLOCK` by scores of -inf.

    Args:
        weight: (vocabulary, width).
        bias: (vocabulary), or None.
        precision: The precision to compute in.
        scale: Factor of the rows, as in T5 where input and output share weights.
    """

    def __init__(
        self, weight: Tensor, bias: Tensor | None, precision: Precision, scale: float = 1.0
    ) -> None:
        self._weight = weight.detach().to(DTYPES[precision])
        self._bias = None if bias is None else bias.detach().float()
        self._precision, self._scale = precision, scale

    def scores(self, hidden: Tensor) -> Scores:
        """Compute scores as exact as the precision is."""
        return Scores(self._linear(self._scaled(hidden)).float())

    def coarse_scores(self, hidden: Tensor) -> Scores:
        """Compute scores whose largest is that of the exact ones; the others say little, and
        nothing but -inf may be written into them.
        """
        if self._int8_argmax is None:
            return self.scores(hidden)
        return self._int8_argmax.scores(self._scaled(hidden))

    def lay_out(self, *, greedy: bool) -> None:
        """Bring the weights into the layout of `scores`, or of `coarse_scores` if `greedy`."""
        if not greedy or self._int8_argmax is None:
            _ = self._linear

    def _scaled(self, hidden: Tensor) -> Tensor:
        return hidden if self._scale == 1.0 else hidden * self._scale

    @cached_property
    def _linear(self) -> Linear:
        missing = -len(self._weight) % BLOCK
        bias = self._weight.new_zeros(len(self._weight)) if self._bias is None else self._bias
        weight = functional.pad(self._weight, (0, 0, 0, missing))
        bias = functional.pad(bias.float(), (0, missing), value=-torch.inf)
        return Linear(weight, bias, self._precision, few_rows=True)

    @cached_property
    def _int8_argmax(self) -> Int8Argmax | None:
        weight = self._weight
        if self._precision not in _EXACT or weight.device.type != "cpu" or weight.numel() < _LARGE:
            return None
        try:
            return Int8Argmax(weight, self._bias, one_thread=self._precision == "int8")
        except NoProductError:
            return None
