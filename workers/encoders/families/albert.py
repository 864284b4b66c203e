"""Converts ALBERT (Lan et al. 2020): BERT, whose layers share their weights."""

from __future__ import annotations

from typing import Any

from schema.catalog import Precision
from workers.encoders.packed import Body, Embeddings, position_ids_from_0
from workers.layers.encoder_layer import EncoderLayer
from workers.layers.from_transformers import joined_linear, linear, norm, table
from workers.layers.packed_attention import packed_attention


def albert_body(model: Any, precision: Precision) -> Body:
    """Convert an `AlbertModel`; weights that layers share are laid out once."""
    config, embeddings, encoder = model.config, model.embeddings, model.encoder
    words = table(embeddings.word_embeddings, precision)
    assert words is not None
    widen = linear(encoder.embedding_hidden_mapping_in, precision)
    before = norm(embeddings.LayerNorm, precision)
    groups = [
        [_layer(layer, config.hidden_act, precision) for layer in group.albert_layers]
        for group in encoder.albert_layer_groups
    ]
    layers: list[EncoderLayer] = []
    for number in range(config.num_hidden_layers):
        layers += groups[number * config.num_hidden_groups // config.num_hidden_layers]
    return Body(
        Embeddings(
            words=words,
            types=table(embeddings.token_type_embeddings, precision),
            positions=table(embeddings.position_embeddings, precision),
            position_ids=position_ids_from_0,
            norm=lambda hidden: widen(before(hidden)),
        ),
        layers,
    )


def _layer(layer: Any, activation: Any, precision: Precision) -> EncoderLayer:
    attention = layer.attention
    return EncoderLayer(
        qkv=joined_linear([attention.query, attention.key, attention.value], precision),
        output=linear(attention.dense, precision),
        attention_norm=norm(attention.LayerNorm, precision),
        widen=linear(layer.ffn, precision, activation),
        narrow=linear(layer.ffn_output, precision),
        feed_forward_norm=norm(layer.full_layer_layer_norm, precision),
        heads=attention.num_attention_heads,
        attention=packed_attention,
    )
