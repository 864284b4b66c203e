"""Attention of a decoding step: few queries a document, against keys that were stored before."""

from __future__ import annotations

import torch
from torch import Tensor


def attend(query: Tensor, keys: Tensor, values: Tensor, bias: Tensor | None) -> Tensor:
    """Attention with scaled queries, as batched matrix products.

    For single queries on a CPU these are up to twice as quick as PyTorch's own
    `scaled_dot_product_attention` in fp32, and ten times in bf16.

    Args:
        query: (documents, heads, queries, size).
        keys: (documents, heads, slots, size).
        values: Like the keys.
        bias: Added to the scores; broadcasts to (documents, heads, queries, slots).

    Returns:
        (documents * queries, heads * size).
    """
    documents, heads, queries, size = query.shape
    scores = torch.bmm(
        query.reshape(documents * heads, queries, size), keys.flatten(0, 1).transpose(1, 2)
    )
    if bias is not None:
        scores.view(documents, heads, queries, -1).add_(bias)
    seen = torch.bmm(scores.softmax(-1), values.flatten(0, 1))
    seen = seen.view(documents, heads, queries, size).transpose(1, 2)
    return seen.reshape(documents * queries, heads * size)
