"""Converts BERT (Devlin et al. 2018), and what is built of its layers: ELECTRA, ERNIE."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from schema.catalog import Precision
from workers.encoders.families.relative_key import attention_of
from workers.encoders.packed import Body, Embeddings, PositionIds, position_ids_from_0
from workers.errors import UnsupportedModelError
from workers.layers.encoder_layer import Attention, EncoderLayer
from workers.layers.from_transformers import joined_linear, linear, norm, table


def bert_body(
    model: Any, precision: Precision, position_ids: PositionIds = position_ids_from_0
) -> Body:
    """Convert a `BertModel`, or one built the same that numbers its positions otherwise.

    Raises:
        UnsupportedModelError: If it is a decoder, or its positions are of a kind not known here.
    """
    config, embeddings = model.config, model.embeddings
    if getattr(config, "is_decoder", False) or getattr(config, "add_cross_attention", False):
        raise UnsupportedModelError("a decoder's attention")
    # Transformers 5 knows no other, but configurations of old checkpoints may ask for them.
    kind = getattr(config, "position_embedding_type", None) or "absolute"
    words = table(embeddings.word_embeddings, precision)
    assert words is not None
    layers = []
    for layer in model.encoder.layer:
        attention = layer.attention.self
        qkv = [attention.query, attention.key, attention.value]
        attend = attention_of(attention, kind, precision)
        layers.append(bert_layer(layer, qkv, config.hidden_act, attend, precision))
    absolute = embeddings.position_embeddings if kind == "absolute" else None
    return Body(
        Embeddings(
            words=words,
            types=table(embeddings.token_type_embeddings, precision),
            positions=table(absolute, precision),
            position_ids=position_ids,
            norm=norm(embeddings.LayerNorm, precision),
        ),
        layers,
    )


def ernie_body(model: Any, precision: Precision) -> Body:
    """Convert an `ErnieModel`: BERT, and a type of task, which is the first for every text."""
    body = bert_body(model, precision)
    if not model.config.use_task_id:
        return body
    tasks, types = table(model.embeddings.task_type_embeddings, precision), body.embeddings.types
    assert tasks is not None and types is not None
    return replace(body, embeddings=replace(body.embeddings, types=types + tasks[0]))


def electra_body(model: Any, precision: Precision) -> Body:
    """Convert an `ElectraModel`: BERT, whose embeddings may be narrower than its layers."""
    body = bert_body(model, precision)
    project = getattr(model, "embeddings_project", None)
    if project is None:
        return body
    widen, before = linear(project, precision), body.embeddings.norm
    embeddings = replace(body.embeddings, norm=lambda hidden: widen(before(hidden)))
    return replace(body, embeddings=embeddings)


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
