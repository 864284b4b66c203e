"""The int8 argmax: the likeliest token without exact scores of all tokens.

The last layer multiplies with a row for each token of the vocabulary, which is most of what a step
of greedy search reads and computes. Here all tokens are scored in int8, a quarter of that; how far
such a score can be from the exact one is known (Cauchy and Schwarz), and the few tokens that could
be the likeliest are scored exactly. So the outcome is that of exact scores.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from workers.decoding.output.block_topk import BLOCK
from workers.decoding.output.scores import Scores
from workers.layers.int8_matmul import widened_product
from workers.layers.quantization import quantised, row_scale

#: Rounding of float32 in a coarse score, as a part of the lengths of the two vectors.
_ROUNDING = 1e-5
#: Blocks of a row that may have to be scored exactly; with more, the whole row is.
_MOST_BLOCKS = 64


class Int8Argmax:
    """Finds the likeliest tokens for greedy search.

    Args:
        weight: (vocabulary, width) in float32, on a CPU.
        bias: (vocabulary), or None.
        one_thread: Whether one thread had better score a step's few rows: in a model whose layers
            do so, that leaves the processor's caches to them.

    Raises:
        NoProductError: If no int8 product on this machine is quick and right.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, *, one_thread: bool = False) -> None:
        self._weight, self._bias = weight, bias if bias is not None and bias.any() else None
        coarse, scale = quantised(weight)
        missing = -len(weight) % BLOCK
        restored = coarse * scale[:, None]
        #: Lengths of what is kept of each token's weights, and of what is lost, in blocks.
        self._kept = functional.pad(restored.norm(dim=1), (0, missing)).view(-1, BLOCK)
        self._lost = functional.pad((weight - restored).norm(dim=1), (0, missing)).view(-1, BLOCK)
        self._most_kept, self._most_lost = self._kept.amax(1), self._lost.amax(1)
        outputs = len(weight) + missing
        self._product = widened_product(coarse, scale, outputs, one_thread=one_thread)
        if self._bias is not None:
            self._wide_bias = functional.pad(self._bias, (0, missing))

    def scores(self, hidden: Tensor) -> Scores:
        """Score rows, (rows, width) in float32."""
        scale = row_scale(hidden, self._product.levels)
        rows = hidden / scale
        values = self._product(rows)
        if self._bias is not None:
            values = values.addcdiv_(self._wide_bias, scale)
        length = rows.norm(dim=1)
        rounded = (rows - rows.round()).norm(dim=1) + _ROUNDING * length
        return _CoarseScores(self, values, hidden, rounded, length)

    def largest(self, values: Tensor, hidden: Tensor, rounded: Tensor, length: Tensor) -> Tensor:
        """Find the likeliest token of each row, (rows), from the arguments of `_CoarseScores`."""
        blocks = values.view(len(values), -1, BLOCK)
        tops = blocks.amax(-1)
        doubt = torch.outer(rounded, self._most_kept).addr_(length, self._most_lost)
        floor = (tops - doubt).amax(1)
        possible = tops + doubt >= floor[:, None]
        count = possible.sum(1)
        undecided = (count == 0) | (count > _MOST_BLOCKS)
        some_undecided = bool(undecided.any())
        if some_undecided:
            possible &= ~undecided[:, None]
        row, block = possible.nonzero(as_tuple=True)
        doubt = self._kept[block] * rounded[row, None] + self._lost[block] * length[row, None]
        found, inside = (blocks[row, block] + doubt >= floor[row, None]).nonzero(as_tuple=True)
        row, token = row[found], block[found] * BLOCK + inside
        chosen = self._best(hidden, row, token)
        if some_undecided:
            chosen[undecided] = self._exactly(values[undecided], hidden[undecided])
        return chosen

    def _best(self, hidden: Tensor, row: Tensor, token: Tensor) -> Tensor:
        """The token of each row with the largest exact score among some, of equals the first."""
        exact = (self._weight[token] * hidden[row]).sum(1)
        if self._bias is not None:
            exact += self._bias[token]
        best = exact.new_full((len(hidden),), -torch.inf).scatter_reduce_(0, row, exact, "amax")
        token = torch.where(exact == best[row], token, len(self._weight))
        none = token.new_full((len(hidden),), len(self._weight))
        return none.scatter_reduce_(0, row, token, "amin")

    def _exactly(self, values: Tensor, hidden: Tensor) -> Tensor:
        exact = functional.linear(hidden, self._weight, self._bias)
        forbidden = values[:, : len(self._weight)] == -torch.inf
        return exact.masked_fill_(forbidden, -torch.inf).argmax(1)


class _CoarseScores(Scores):
    """Scores in units of their row, near enough to tell which tokens can be the likeliest.

    Args:
        maker: The object that made them.
        values: The scores, as in `Scores`.
        hidden: The rows that were scored, (rows, width).
        rounded: Length of what a row lost when it was rounded, in its own units, (rows).
        length: Length of the row in these units, (rows).
    """

    def __init__(
        self, maker: Int8Argmax, values: Tensor, hidden: Tensor, rounded: Tensor, length: Tensor
    ) -> None:
        super().__init__(values)
        self._maker = maker
        self._rows = (hidden, rounded, length)

    def largest(self) -> Tensor:
        return self._maker.largest(self.values, *self._rows)
