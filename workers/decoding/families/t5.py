"""Converts T5 and its kin: T5, T5 1.1, FLAN-T5, mT5.

No biases, RMSNorm before each block, scores of attention that are not scaled but depend on the
distance of two tokens (Raffel et al. 2020, `modeling_t5.py` of Transformers).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from schema.catalog import Precision
from workers.decoding.architecture.seq2seq import DecoderLayer, Seq2Seq
from workers.decoding.output.lm_head import Head
from workers.errors import UnsupportedModelError
from workers.layers.encoder_layer import Attention, EncoderLayer
from workers.layers.from_transformers import joined_linear, linear
from workers.layers.linear import DTYPES, Linear
from workers.layers.norm import rms_norm
from workers.layers.packed_attention import packed_attention
from workers.layers.packing import Packing

#: `model_type` of configurations.
FAMILY = ("t5", "mt5")


def from_t5(model: Any, precision: Precision) -> Seq2Seq:
    """Convert a `T5ForConditionalGeneration` or `MT5ForConditionalGeneration`.

    Raises:
        UnsupportedModelError: If it has modules or functions that are not known here; in fp16,
            which T5 overflows.
    """
    if precision == "fp16":
        raise UnsupportedModelError("T5 in fp16")
    config, dtype = model.config, DTYPES[precision]
    words = model.shared.weight.detach().to(dtype)
    attention = _EncoderAttention(_Distances(model.encoder, both_ways=True), dtype)
    past = _Distances(model.decoder, both_ways=False)
    # Older versions of Transformers know T5 by its shared weights; mT5 never scales.
    by_weights = config.model_type == "t5" and config.tie_word_embeddings
    scaled = getattr(config, "scale_decoder_outputs", by_weights)

    return Seq2Seq(
        embed_source=lambda ids, packing: functional.embedding(ids, words),
        encoder=[
            _encoder_layer(block, config, precision, attention) for block in model.encoder.block
        ],
        encoder_norm=rms_norm(model.encoder.final_layer_norm, precision),
        embed=lambda ids, positions: functional.embedding(ids, words),
        decoder=[_decoder_layer(block, precision) for block in model.decoder.block],
        decoder_norm=rms_norm(model.decoder.final_layer_norm, precision),
        head=Head(model.lm_head.weight, None, precision, config.d_model**-0.5 if scaled else 1.0),
        known=len(words),
        vocabulary=model.lm_head.out_features,
        heads=config.num_heads,
        size=config.d_kv,
        norm_first=True,
        relative_bias=lambda distance: past(-distance),
    )


class _Distances:
    """The bias that encoder or decoder adds to scores by the distance of two tokens: learned for
    each bucket of distances, and the same in every layer.
    """

    def __init__(self, half: Any, *, both_ways: bool) -> None:
        attention = half.block[0].layer[0].SelfAttention
        self._table = attention.relative_attention_bias.weight.detach()
        self._bucket = partial(
            attention._relative_position_bucket,
            bidirectional=both_ways,
            num_buckets=attention.relative_attention_num_buckets,
            max_distance=attention.relative_attention_max_distance,
        )

    def __call__(self, places: Tensor) -> Tensor:
        """Look up the bias of keys by their positions relative to the query, from (…) to (heads,
        …).
        """
        return functional.embedding(self._bucket(places), self._table).movedim(-1, 0)


class _EncoderAttention:
    """Computes attention with a bias by distance, which is made as far as it was needed so far."""

    def __init__(self, distances: _Distances, dtype: torch.dtype) -> None:
        self._distances, self._dtype = distances, dtype
        self._bias: Tensor = torch.empty(0, 0, 0)

    def __call__(self, qkv: Tensor, packing: Packing) -> Tensor:
        longest = max(packing.lengths)
        if self._bias.shape[1] < longest:
            places = torch.arange(longest, device=qkv.device)
            self._bias = self._distances(places[None] - places[:, None]).to(self._dtype)
        return packed_attention(qkv, packing, scale=1.0, bias=self._bias)


def _encoder_layer(
    block: Any, config: Any, precision: Precision, attention: Attention
) -> EncoderLayer:
    own, feed_forward = block.layer[0], block.layer[1]
    qkv = own.SelfAttention
    widen, gate, narrow = _feed_forward(feed_forward.DenseReluDense, config, precision)
    return EncoderLayer(
        qkv=joined_linear([qkv.q, qkv.k, qkv.v], precision),
        output=linear(qkv.o, precision),
        attention_norm=rms_norm(own.layer_norm, precision),
        widen=widen,
        narrow=narrow,
        feed_forward_norm=rms_norm(feed_forward.layer_norm, precision),
        heads=config.num_heads,
        attention=attention,
        norm_first=True,
        gate=gate,
    )


def _decoder_layer(block: Any, precision: Precision) -> DecoderLayer:
    own, source, feed_forward = block.layer
    qkv, cross = own.SelfAttention, source.EncDecAttention
    widen, gate, narrow = _feed_forward(
        feed_forward.DenseReluDense, qkv.config, precision, few_rows=True
    )
    return DecoderLayer(
        qkv=joined_linear([qkv.q, qkv.k, qkv.v], precision, few_rows=True),
        self_output=linear(qkv.o, precision, few_rows=True),
        self_norm=rms_norm(own.layer_norm, precision),
        query=linear(cross.q, precision, few_rows=True),
        source_keys_values=joined_linear([cross.k, cross.v], precision),
        source_output=linear(cross.o, precision, few_rows=True),
        source_norm=rms_norm(source.layer_norm, precision),
        widen=widen,
        narrow=narrow,
        feed_forward_norm=rms_norm(feed_forward.layer_norm, precision),
        gate=gate,
    )


def _feed_forward(
    dense: Any, config: Any, precision: Precision, *, few_rows: bool = False
) -> tuple[Linear, Linear | None, Linear]:
    activation, narrow = config.dense_act_fn, linear(dense.wo, precision, few_rows=few_rows)
    if hasattr(dense, "wi_0"):
        gate = linear(dense.wi_1, precision, few_rows=few_rows)
        return linear(dense.wi_0, precision, activation, few_rows=few_rows), gate, narrow
    return linear(dense.wi, precision, activation, few_rows=few_rows), None, narrow
