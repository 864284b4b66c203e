"""Disentangled attention: scores of packed documents that also depend on how far two tokens are
apart, of DeBERTa (He et al. 2021), and of BERT with relative positions (Huang et al. 2020).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from workers.layers.packed_attention import attention, by_runs
from workers.layers.packing import Packing


@dataclass(frozen=True, slots=True)
class Disentangled:
    """Disentangled attention of one layer.

    Attributes:
        keys: Keys of the distances, (heads, 2 * span, size), for content to position.
        queries: Queries of the distances, of the same shape, for position to content.
        rows: For each distance of a query from a key, from -most to most, the row of the two above
            that stands for it: (2 * most + 1).
        scale: Factor of all scores.
    """

    keys: Tensor | None
    queries: Tensor | None
    rows: Tensor
    scale: float

    def __call__(self, qkv: Tensor, packing: Packing) -> Tensor:
        """Attend within documents, from (tokens, 3, heads, size) to (tokens, heads * size)."""

        def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            return attention(query, key, value, self.scale, self._bias(query, key))

        return by_runs(qkv, packing, attend)

    def _bias(self, query: Tensor, key: Tensor) -> Tensor | None:
        """(documents, heads, length, length): what positions add to the scores."""
        length = query.shape[-2]
        middle = len(self.rows) // 2
        rows = self.rows[middle - length + 1 : middle + length]
        bias = None
        if self.keys is not None:
            # Key j stands in column j - i + length - 1 of query i's distances.
            bias = _shifted(_products(query, self.keys[:, rows.flip(0)]))
        if self.queries is not None:
            transposed = _shifted(_products(key, self.queries[:, rows])).transpose(-1, -2)
            bias = transposed if bias is None else bias + transposed
        return None if bias is None else bias * self.scale


def _products(tokens: Tensor, positions: Tensor) -> Tensor:
    """Multiply (documents, heads, length, size) with (heads, n, size): (heads, documents, length,
    n).
    """
    documents, heads, length, size = tokens.shape
    rows = tokens.transpose(0, 1).reshape(heads, documents * length, size)
    return torch.bmm(rows, positions.transpose(1, 2)).view(heads, documents, length, -1)


def _shifted(scores: Tensor) -> Tensor:
    """View (heads, documents, length, 2 * length - 1) as (documents, heads, length, length): row i
    from column length - 1 - i on.
    """
    heads, documents, length, _ = scores.shape
    _, document, row, _ = scores.stride()
    shape = (documents, heads, length, length)
    return scores.as_strided(shape, (document, scores.stride(0), row - 1, 1), length - 1)
