"""Self-attention of packed documents: each token sees its own document, and nothing is padded."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from inspect import signature
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from workers.layers.linear import HALF
from workers.layers.packing import Packing

try:  # FlashAttention with documents of any length; newer than the oldest torch that we take.
    from torch.nn.attention.varlen import varlen_attn

    _HAS_VARLEN = "scale" in signature(varlen_attn).parameters
except ImportError:
    _HAS_VARLEN = False

#: Size of a head that FlashAttention takes at the most.
_WIDEST = 256


def packed_attention(
    qkv: Tensor, packing: Packing, scale: float | None = None, bias: Tensor | None = None
) -> Tensor:
    """Compute scaled dot-product attention (Vaswani et al. 2017) inside each document.

    Args:
        qkv: (tokens, 3, heads, size): queries, keys and values.
        packing: Where the documents lie in `qkv`.
        scale: Factor of the scores; 1/sqrt(size) if None.
        bias: (heads, longest, longest) or larger, added to the scores of positions of a document.

    Returns:
        (tokens, heads * size).
    """
    if qkv.is_cuda and bias is None:
        size = qkv.shape[-1]
        fits = size % 8 == 0 and size <= _WIDEST
        if qkv.dtype in HALF and fits and _HAS_VARLEN and _has_flash(qkv.device):
            return _flash(qkv, packing, scale)
        if qkv.dtype == torch.float32 and size % 4 == 0:
            return _memory_efficient(qkv, packing, scale)

    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        length = query.shape[-2]
        mask = None if bias is None else bias[:, :length, :length]
        return attention(query, key, value, scale, mask)

    return by_runs(qkv, packing, attend)


@lru_cache
def _has_flash(device: torch.device) -> bool:
    """Whether the GPU has FlashAttention: it is for Ampere and later ones."""
    return torch.cuda.get_device_capability(device) >= (8, 0)


def _flash(qkv: Tensor, packing: Packing, scale: float | None) -> Tensor:
    """Compute FlashAttention (Dao 2023) in half precision, documents of all lengths at once."""
    query, key, value = qkv.unbind(1)
    bounds, longest = packing.cumulative, max(packing.lengths)
    seen = varlen_attn(query, key, value, bounds, bounds, longest, longest, scale=scale)
    return seen.flatten(1)  # type: ignore[union-attr]


def _memory_efficient(qkv: Tensor, packing: Packing, scale: float | None) -> Tensor:
    """Compute the same in fp32, which FlashAttention lacks, by the kernel that SDPA takes for
    nested tensors (Rabe and Staats 2021).
    """
    query, key, value = qkv[None].unbind(2)
    bounds, longest = packing.cumulative, max(packing.lengths)
    none: Any = None
    seen: Tensor = torch.ops.aten._efficient_attention_forward(
        query, key, value, none, bounds, bounds, longest, longest, 0.0, 0, scale=scale
    )[0]
    return seen[0].flatten(1)


def by_runs(
    qkv: Tensor, packing: Packing, attend: Callable[[Tensor, Tensor, Tensor], Tensor]
) -> Tensor:
    """Compute attention of documents of one length at a time, which stack without padding.

    Args:
        qkv: (tokens, 3, heads, size): queries, keys and values.
        packing: Where the documents lie in `qkv`.
        attend: The function from queries, keys and values, each (documents, heads, length, size),
            to a tensor of that shape.

    Returns:
        (tokens, heads * size).
    """
    _, _, heads, size = qkv.shape
    seen = qkv.new_empty(packing.tokens, heads, size)
    for start, count, length in packing.runs:
        end = start + count * length
        # (3, documents, heads, length, size)
        run = qkv[start:end].view(count, length, 3, heads, size).permute(2, 0, 3, 1, 4)
        query, key, value = run.unbind(0)
        out = attend(query, key, value)
        seen[start:end].view(count, length, heads, size).copy_(out.transpose(1, 2))
    return seen.flatten(1)


def attention(
    query: Tensor, key: Tensor, value: Tensor, scale: float | None, bias: Tensor | None
) -> Tensor:
    """Attend within documents of one length, each tensor (documents, heads, length, size); `bias`
    is added to the scores.
    """
    if query.device.type == "cpu" and query.dtype == torch.bfloat16:
        return _by_products(query, key, value, scale, bias)
    return functional.scaled_dot_product_attention(query, key, value, attn_mask=bias, scale=scale)


def _by_products(
    query: Tensor, key: Tensor, value: Tensor, scale: float | None, bias: Tensor | None
) -> Tensor:
    """Compute the same by its formula. On a CPU torch's kernel computes bf16 as slowly as fp32,
    while oneDNN's products are twice as quick.
    """
    documents, heads, length, size = query.shape
    rows = (documents * heads, length, size)
    scores = torch.baddbmm(
        query.new_empty(()),
        query.reshape(rows),
        key.reshape(rows).transpose(1, 2),
        beta=0,
        alpha=size**-0.5 if scale is None else scale,
    )
    if bias is not None:
        scores = (scores.view(documents, heads, length, length) + bias).flatten(0, 1)
    seen = torch.bmm(scores.softmax(-1), value.reshape(rows))
    return seen.view(documents, heads, length, size)
