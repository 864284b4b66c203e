"""Converts BERT (Devlin et al. 2018)."""

from __future__ import annotations

from typing import Any

from schema.catalog import Precision
from workers.encoders.packed import Body, Embeddings, PositionIds, position_ids_from_0
from workers.errors import UnsupportedModelError
from workers.layers.encoder_layer import Attention, EncoderLayer
from workers.layers.from_transformers import joined_linear, linear, norm, table
from workers.layers.packed_attention import packed_attention


def bert_body(
    model: Any, precision: Precision, position_ids: PositionIds = position_ids_from_0
) -> Body:
    """Convert a `BertModel`, or one built the same that numbers its positions otherwise.

    Raises:
        UnsupportedModelError: If it is a decoder, or its positions are not those of the paper.
    """
    config, embeddings = model.config, model.embeddings
    if config.is_decoder or config.add_cross_attention:
        raise UnsupportedModelError("a decoder's attention")
    # Transformers 5 knows no other, but configurations of old checkpoints may ask for them.
    if (kind := getattr(config, "position_embedding_type", "absolute")) != "absolute":
        raise UnsupportedModelError(f"position_embedding_type {kind!r}")
    words = table(embeddings.word_embeddings, precision)
    assert words is not None
    layers = []
    for layer in model.encoder.layer:
        attention = layer.attention.self
        qkv = [attention.query, attention.key, attention.value]
        layers.append(bert_layer(layer, qkv, config.hidden_act, packed_attention, precision))
    return Body(
        Embeddings(
            words=words,
            types=table(embeddings.token_type_embeddings, precision),
            positions=table(embeddings.position_embeddings, precision),
            position_ids=position_ids,
            norm=norm(embeddings.LayerNorm, precision),
        ),
        layers,
    )


def bert_layer(
    layer: Any, qkv: list[Any], activation: Any, attention: Attention, precision: Precision
) -> EncoderLayer:
    """Convert a layer built as BERT's, with norms behind block and residual.

    Args:
        layer: A layer of BERT, RoBERTa or DeBERTa.
        qkv: Its linear layers for queries, keys and values.
        activation: Name of the activation in the configuration.
        attention: The function that lets tokens see each other.
        precision: The precision to compute in.
    """
    return EncoderLayer(
        qkv=joined_linear(qkv, precision),
        output=linear(layer.attention.output.dense, precision),
        attention_norm=norm(layer.attention.output.LayerNorm, precision),
        widen=linear(layer.intermediate.dense, precision, activation),
        narrow=linear(layer.output.dense, precision),
        feed_forward_norm=norm(layer.output.LayerNorm, precision),
        heads=layer.attention.self.num_attention_heads,
        attention=attention,
    )
