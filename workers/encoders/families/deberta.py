"""DeBERTa-v2 and -v3 (He et al. 2021): attention that also weighs how far two tokens are apart.

A score is the sum of content to content, content to position (how much the query cares for a
distance) and position to content (how much a key matters at a distance). Transformers gathers the
last two out of scores with all distances that the model knows; here the few distances of a document
are lined up so that the scores of each token pair lie at fixed strides, and nothing is gathered.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from schema.catalog import Precision
from workers.encoders.families.bert import bert_layer
from workers.encoders.packed import Body, Embeddings, position_ids_from_0
from workers.errors import UnsupportedModelError
from workers.layers.disentangled_attention import Disentangled
from workers.layers.encoder_layer import EncoderLayer
from workers.layers.from_transformers import linear, norm, table
from workers.layers.linear import DTYPES


def deberta_body(model: Any, precision: Precision) -> Body:
    """Convert a `DebertaV2Model`.

    Raises:
        UnsupportedModelError: If it has a convolution layer, or reads its last layer several times.
    """
    embeddings, encoder = model.embeddings, model.encoder
    if encoder.conv is not None:
        raise UnsupportedModelError("a convolution layer")
    if model.z_steps > 1:
        raise UnsupportedModelError("an enhanced mask decoder")
    words = table(embeddings.word_embeddings, precision)
    assert words is not None
    project = embeddings.embed_proj
    with torch.inference_mode():
        rows = _rows(encoder, model.config.max_position_embeddings).to(model.device)
        layers = [_layer(layer, encoder, rows, model.config, precision) for layer in encoder.layer]
    return Body(
        Embeddings(
            words=words,
            types=table(embeddings.token_type_embeddings, precision),
            positions=table(embeddings.position_embeddings, precision),
            position_ids=position_ids_from_0,
            norm=norm(embeddings.LayerNorm, precision),
            project=None if project is None else linear(project, precision),
        ),
        layers,
    )


def _layer(
    layer: Any, encoder: Any, rows: Tensor, config: Any, precision: Precision
) -> EncoderLayer:
    attention = layer.attention.self
    qkv = [attention.query_proj, attention.key_proj, attention.value_proj]
    disentangled = _attention(attention, encoder, rows, precision)
    return bert_layer(layer, qkv, config.hidden_act, disentangled, precision)


def _attention(attention: Any, encoder: Any, rows: Tensor, precision: Precision) -> Disentangled:
    kinds = {"c2p", "p2c"} & set(attention.pos_att_type)
    scale = (attention.attention_head_size * (1 + len(kinds))) ** -0.5
    if not attention.relative_attention:
        return Disentangled(None, None, rows, scale)
    span = attention.pos_ebd_size
    positions = encoder.get_rel_embedding()[: 2 * span]

    def of_heads(project: Any) -> Tensor:
        heads: Tensor = project(positions).unflatten(-1, (attention.num_attention_heads, -1))
        return heads.transpose(0, 1).contiguous().to(DTYPES[precision])

    shared = attention.share_att_key
    keys = queries = None
    if "c2p" in kinds:
        keys = of_heads(attention.key_proj if shared else attention.pos_key_proj)
    if "p2c" in kinds:
        queries = of_heads(attention.query_proj if shared else attention.pos_query_proj)
    return Disentangled(keys, queries, rows, scale)


def _rows(encoder: Any, length: int) -> Tensor:
    """The rows of `Disentangled` for texts of up to `length` tokens. Distances that are far share a
    row, the more of them the farther.
    """
    distances = torch.arange(1 - length, length)
    if not encoder.relative_attention:
        return distances
    span = most = encoder.max_relative_positions
    if encoder.position_buckets > 0:
        # Here and not above: other models need not wait for it.
        from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position

        span = encoder.position_buckets
        distances = make_log_bucket_position(distances, span, most).long()
    rows: Tensor = (distances + span).clamp(0, 2 * span - 1)
    return rows
