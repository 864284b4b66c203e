"""Converts MPNet (Song et al. 2020): BERT's layers, RoBERTa's positions, and T5's biases of
distances, which all layers share.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from schema.catalog import Precision
from workers.encoders.families.roberta import counted_behind
from workers.encoders.packed import Body, Embeddings
from workers.layers.encoder_layer import Attention, EncoderLayer
from workers.layers.from_transformers import joined_linear, linear, norm, table
from workers.layers.linear import DTYPES
from workers.layers.packed_attention import packed_attention


def mpnet_body(model: Any, precision: Precision) -> Body:
    """Convert an `MPNetModel`."""
    config, embeddings = model.config, model.embeddings
    words = table(embeddings.word_embeddings, precision)
    assert words is not None
    with torch.inference_mode():
        blank = torch.empty(1, config.max_position_embeddings, 0, device=model.device)
        bias = model.encoder.compute_position_bias(blank)[0].to(DTYPES[precision])
    attend = partial(packed_attention, bias=bias)
    return Body(
        Embeddings(
            words=words,
            types=None,
            positions=table(embeddings.position_embeddings, precision),
            position_ids=counted_behind(int(embeddings.padding_idx)),
            norm=norm(embeddings.LayerNorm, precision),
        ),
        [_layer(layer, config.hidden_act, attend, precision) for layer in model.encoder.layer],
    )


def _layer(layer: Any, activation: Any, attend: Attention, precision: Precision) -> EncoderLayer:
    attention = layer.attention.attn
    return EncoderLayer(
        qkv=joined_linear([attention.q, attention.k, attention.v], precision),
        output=linear(attention.o, precision),
        attention_norm=norm(layer.attention.LayerNorm, precision),
        widen=linear(layer.intermediate.dense, precision, activation),
        narrow=linear(layer.output.dense, precision),
        feed_forward_norm=norm(layer.output.LayerNorm, precision),
        heads=attention.num_attention_heads,
        attention=attend,
    )
