"""Causal attention of packed documents: each token sees its own document as far as itself."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from workers.layers.packing import Packing


def causal_attention(qkv: Tensor, packing: Packing, key_heads: int) -> Tensor:
    """Compute dot-product attention of each token to itself and the earlier ones of its document.

    Args:
        qkv: (tokens, heads + 2 * key_heads, size): queries, which have been scaled, keys, values.
        packing: Where the documents lie in `qkv`.
        key_heads: Number of heads of keys and values; neighbouring heads of queries share one of
            these (grouped-query attention, Ainslie et al. 2023).

    Returns:
        (tokens, heads * size).
    """
    tokens, every, size = qkv.shape
    heads = every - 2 * key_heads
    seen = qkv.new_empty(tokens, heads, size)
    for start, count, length in packing.runs:
        run = qkv[start : start + count * length].view(count, length, every, size)
        query, key, value = torch.split(run.transpose(1, 2), [heads, key_heads, key_heads], dim=1)
        out = _attend(query, key, value).reshape(count, heads, length, size)
        seen[start : start + count * length].view(count, length, heads, size).copy_(
            out.transpose(1, 2)
        )
    return seen.flatten(1)


def _attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Attend within documents of one length, each tensor (documents, heads, length, size); keys and
    values may have fewer heads.
    """
    documents, heads, length, size = query.shape
    shared = key.shape[1]
    if shared < heads:
        # The heads of a group stand as one document, whose keys all of them see without a copy.
        query = query.reshape(documents * shared, heads // shared, length, size)
        key, value = (
            part.reshape(documents * shared, 1, length, size).expand_as(query)
            for part in (key, value)
        )
    return functional.scaled_dot_product_attention(query, key, value, is_causal=True, scale=1.0)
