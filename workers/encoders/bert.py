"""BERT (Devlin et al. 2018)."""

from __future__ import annotations

from typing import Any

from schema.catalog import Precision
from workers.encoders.modules import bert_layer, norm, table
from workers.encoders.packed import Body, Embeddings, Places, places_from_0
from workers.encoders.unsupported import UnsupportedError
from workers.layers.attention import packed_attention


def bert_body(model: Any, precision: Precision, places: Places = places_from_0) -> Body:
    """Of a `BertModel`, or of one built the same whose tokens find their positions elsewhere.

    Raises:
        UnsupportedError: If it is a decoder, or its positions are not those of the paper.
    """
    config, embeddings = model.config, model.embeddings
    if config.is_decoder or config.add_cross_attention:
        raise UnsupportedError("a decoder's attention")
    # Transformers 5 knows no other, but configurations of old checkpoints may ask for them.
    if (kind := getattr(config, "position_embedding_type", "absolute")) != "absolute":
        raise UnsupportedError(f"position_embedding_type {kind!r}")
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
            places=places,
            norm=norm(embeddings.LayerNorm, precision),
        ),
        layers,
    )
