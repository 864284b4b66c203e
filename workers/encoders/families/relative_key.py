"""Relative positions of BERT and its kin (Huang et al. 2020): `position_embedding_type` of
`relative_key` and `relative_key_query`, as Transformers 4.57.6 computed them.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from schema.catalog import Precision
from workers.errors import UnsupportedModelError
from workers.layers.disentangled_attention import Disentangled
from workers.layers.encoder_layer import Attention
from workers.layers.linear import DTYPES
from workers.layers.packed_attention import packed_attention


def attention_of(module: Any, positions: str, precision: Precision) -> Attention:
    """The attention of a layer: all heads share its table, with a row for each distance.

    Args:
        module: The layer's attention, with `distance_embedding` where positions are relative.
        positions: `position_embedding_type` of the configuration.
        precision: The precision to compute in.

    Raises:
        UnsupportedModelError: If there is no such kind here.
    """
    if positions == "absolute":
        return packed_attention
    if positions not in ("relative_key", "relative_key_query"):
        raise UnsupportedModelError(f"position_embedding_type {positions!r}")
    heads = int(module.num_attention_heads)
    weight: Tensor = module.distance_embedding.weight.detach().to(DTYPES[precision])
    table = weight.expand(heads, *weight.shape)
    return Disentangled(
        keys=table,
        queries=table if positions == "relative_key_query" else None,
        rows=torch.arange(len(weight), device=weight.device),
        scale=float(module.attention_head_size) ** -0.5,
    )
