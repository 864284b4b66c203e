"""Converts DistilBERT (Sanh et al. 2019): BERT with half the layers, and no token types."""

from __future__ import annotations

from typing import Any

from schema.catalog import Precision
from workers.encoders.packed import Body, Embeddings, position_ids_from_0
from workers.layers.encoder_layer import EncoderLayer
from workers.layers.from_transformers import joined_linear, linear, norm, table
from workers.layers.packed_attention import packed_attention


def distilbert_body(model: Any, precision: Precision) -> Body:
    """Convert a `DistilBertModel`. Sinusoidal positions are a table like any other."""
    embeddings = model.embeddings
    words = table(embeddings.word_embeddings, precision)
    assert words is not None
    return Body(
        Embeddings(
            words=words,
            types=None,
            positions=table(embeddings.position_embeddings, precision),
            position_ids=position_ids_from_0,
            norm=norm(embeddings.LayerNorm, precision),
        ),
        [_layer(layer, model.config.activation, precision) for layer in model.transformer.layer],
    )


def _layer(layer: Any, activation: Any, precision: Precision) -> EncoderLayer:
    attention = layer.attention
    return EncoderLayer(
        qkv=joined_linear([attention.q_lin, attention.k_lin, attention.v_lin], precision),
        output=linear(attention.out_lin, precision),
        attention_norm=norm(layer.sa_layer_norm, precision),
        widen=linear(layer.ffn.lin1, precision, activation),
        narrow=linear(layer.ffn.lin2, precision),
        feed_forward_norm=norm(layer.output_layer_norm, precision),
        heads=attention.n_heads,
        attention=packed_attention,
    )
