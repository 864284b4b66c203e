"""DeBERTa-v2 and -v3 (He et al. 2021): attention that also weighs how far two tokens are apart.

A score is the sum of content to content, content to position (how much the query cares for a
distance) and position to content (how much a key matters at a distance). Transformers gathers the
last two out of scores with all distances that the model knows; here the few distances of a document
are lined up so that the scores of each token pair lie at fixed strides, and nothing is gathered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position

from schema.catalog import Precision
from workers.encoders.families.bert import bert_layer
from workers.encoders.packed import Body, Embeddings, position_ids_from_0
from workers.errors import UnsupportedModelError
from workers.layers.encoder_layer import EncoderLayer
from workers.layers.from_transformers import linear, norm, table
from workers.layers.linear import DTYPES
from workers.layers.packed_attention import attention, by_runs
from workers.layers.packing import Packing


@dataclass(frozen=True, slots=True)
class Disentangled:
    """Disentangled attention of one layer.

    Attributes:
        keys: Keys of the distances, (heads, 2 * span, size), for content to position.
        queries: Queries of the distances, of the same shape, for position to content.
        rows: For each distance of a query from a key, from -most to most, the row of the two above
            that stands for it: (2 * most + 1).
        scale: Factor of all scores.
    """

    keys: Tensor | None
    queries: Tensor | None
    rows: Tensor
    scale: float

    def __call__(self, qkv: Tensor, packing: Packing) -> Tensor:
        """Attend within documents, from (tokens, 3, heads, size) to (tokens, heads * size)."""

        def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            return attention(query, key, value, self.scale, self._bias(query, key))

        return by_runs(qkv, packing, attend)

    def _bias(self, query: Tensor, key: Tensor) -> Tensor | None:
        """(documents, heads, length, length): what positions add to the scores."""
        length = query.shape[-2]
        middle = len(self.rows) // 2
        rows = self.rows[middle - length + 1 : middle + length]
        bias = None
        if self.keys is not None:
            # Key j stands in column j - i + length - 1 of query i's distances.
            bias = _shifted(_products(query, self.keys[:, rows.flip(0)]))
        if self.queries is not None:
            transposed = _shifted(_products(key, self.queries[:, rows])).transpose(-1, -2)
            bias = transposed if bias is None else bias + transposed
        return None if bias is None else bias * self.scale


def _products(tokens: Tensor, positions: Tensor) -> Tensor:
    """Multiply (documents, heads, length, size) with (heads, n, size): (heads, documents, length,
    n).
    """
    documents, heads, length, size = tokens.shape
    rows = tokens.transpose(0, 1).reshape(heads, documents * length, size)
    return torch.bmm(rows, positions.transpose(1, 2)).view(heads, documents, length, -1)


def _shifted(scores: Tensor) -> Tensor:
    """View (heads, documents, length, 2 * length - 1) as (documents, heads, length, length): row i
    from column length - 1 - i on.
    """
    heads, documents, length, _ = scores.shape
    _, document, row, _ = scores.stride()
    shape = (documents, heads, length, length)
    return scores.as_strided(shape, (document, scores.stride(0), row - 1, 1), length - 1)


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
        span = encoder.position_buckets
        distances = make_log_bucket_position(distances, span, most).long()
    rows: Tensor = (distances + span).clamp(0, 2 * span - 1)
    return rows
