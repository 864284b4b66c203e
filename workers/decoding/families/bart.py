"""Converts BART and its kin: BART, mBART, Marian, M2M100 (and NLLB), Pegasus.

They share the modules of Transformers' `modeling_bart.py`; they differ in where the norms stand
and in how positions are told.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from schema.catalog import Precision
from workers.decoding.architecture.seq2seq import DecoderLayer, Seq2Seq
from workers.decoding.output.lm_head import Head
from workers.errors import UnsupportedModelError
from workers.layers.encoder_layer import EncoderLayer
from workers.layers.from_transformers import (
    joined_linear,
    joined_weights,
    linear,
    norm,
    scaled_queries,
)
from workers.layers.linear import DTYPES, Linear
from workers.layers.norm import Norm
from workers.layers.packed_attention import packed_attention
from workers.layers.packing import Packing

#: By `model_type`: whether each norm stands before its block.
FAMILY = {"bart": False, "marian": False, "mbart": True, "m2m_100": True, "pegasus": True}


def from_bart(model: Any, precision: Precision) -> Seq2Seq:
    """Convert a `…ForConditionalGeneration` or `MarianMTModel`.

    Raises:
        UnsupportedModelError: If it is a decoder alone, or has modules or functions that are not
            known here.
    """
    config = model.config
    if not hasattr(model.model, "encoder"):
        raise UnsupportedModelError(f"a {type(model).__name__}")
    encoder, decoder = model.model.encoder, model.model.decoder
    norm_first = FAMILY[config.model_type]
    embed_source = _embedding(encoder, config, precision)
    place_source = _source_positions(encoder.embed_positions)
    bias = getattr(model, "final_logits_bias", None)
    return Seq2Seq(
        embed_source=lambda ids, packing: embed_source(ids, place_source(ids, packing)),
        encoder=[_encoder_layer(layer, config, precision, norm_first) for layer in encoder.layers],
        encoder_norm=_norm(encoder, "layer_norm", precision),
        embed=_embedding(decoder, config, precision),
        decoder=[_decoder_layer(layer, config, precision) for layer in decoder.layers],
        decoder_norm=_norm(decoder, "layer_norm", precision),
        head=Head(model.lm_head.weight, None if bias is None else bias[0], precision),
        known=encoder.embed_tokens.num_embeddings,
        vocabulary=model.lm_head.out_features,
        heads=config.decoder_attention_heads,
        size=config.d_model // config.decoder_attention_heads,
        norm_first=norm_first,
    )


def _embedding(half: Any, config: Any, precision: Precision) -> Callable[[Tensor, Tensor], Tensor]:
    """Make the embedding of encoder or decoder, from token ids and positions to (tokens, width)."""
    dtype = DTYPES[precision]
    words = half.embed_tokens.weight.detach().to(dtype)
    scale = math.sqrt(config.d_model) if config.scale_embedding else 1.0
    table, offset = _positions(half.embed_positions)
    table = table.detach().to(dtype)
    embedding_norm = _norm(half, "layernorm_embedding", precision)
    padding = _uncounted(half.embed_positions)

    def embed(ids: Tensor, positions: Tensor) -> Tensor:
        if padding is not None:
            positions = torch.where(ids == padding, -1, positions)
        x = functional.embedding(ids, words)
        x = (x * scale if scale != 1.0 else x) + table[positions + offset]
        return embedding_norm(x) if embedding_norm else x

    return embed


def _source_positions(module: Any) -> Callable[[Tensor, Packing], Tensor]:
    """Make the function that gives each token of the sources its position."""
    padding = _uncounted(module)
    if padding is None:
        return lambda ids, packing: packing.positions

    def positions(ids: Tensor, packing: Packing) -> Tensor:
        is_padding = (ids == padding).long()
        upto = is_padding.cumsum(0)
        firsts = torch.arange(packing.tokens, device=ids.device) - packing.positions
        return packing.positions - upto + (upto - is_padding)[firsts]

    return positions


def _uncounted(module: Any) -> int | None:
    """The padding token, if it has no position: M2M100 does not count it, and a text may spell it
    out (`create_position_ids_from_input_ids` of `modeling_m2m_100.py`). None in other families.
    """
    return int(module.padding_idx) if hasattr(module, "weights") else None


def _positions(module: Any) -> tuple[Tensor, int]:
    """The table of positions, and the row of the first position."""
    if hasattr(module, "weights"):  # M2M100 counts from behind the padding token
        return module.weights, module.padding_idx + 1
    return module.weight, getattr(module, "offset", 0)


def _norm(module: Any, name: str, precision: Precision) -> Norm | None:
    found = getattr(module, name, None)
    return None if found is None else norm(found, precision)


def _encoder_layer(layer: Any, config: Any, precision: Precision, norm_first: bool) -> EncoderLayer:
    own = layer.self_attn
    return EncoderLayer(
        qkv=joined_linear([own.q_proj, own.k_proj, own.v_proj], precision),
        output=linear(own.out_proj, precision),
        attention_norm=norm(layer.self_attn_layer_norm, precision),
        widen=linear(layer.fc1, precision, config.activation_function),
        narrow=linear(layer.fc2, precision),
        feed_forward_norm=norm(layer.final_layer_norm, precision),
        heads=config.encoder_attention_heads,
        attention=packed_attention,
        norm_first=norm_first,
    )


def _decoder_layer(layer: Any, config: Any, precision: Precision) -> DecoderLayer:
    own, source = layer.self_attn, layer.encoder_attn
    return DecoderLayer(
        qkv=_scaled([own.q_proj, own.k_proj, own.v_proj], own, precision),
        self_output=linear(own.out_proj, precision, few_rows=True),
        self_norm=norm(layer.self_attn_layer_norm, precision),
        query=_scaled([source.q_proj], source, precision),
        source_keys_values=joined_linear([source.k_proj, source.v_proj], precision),
        source_output=linear(source.out_proj, precision, few_rows=True),
        source_norm=norm(layer.encoder_attn_layer_norm, precision),
        widen=linear(layer.fc1, precision, config.activation_function, few_rows=True),
        narrow=linear(layer.fc2, precision, few_rows=True),
        feed_forward_norm=norm(layer.final_layer_norm, precision),
    )


def _scaled(modules: list[Any], attention: Any, precision: Precision) -> Linear:
    """Convert queries, or queries, keys and values, into one linear layer."""
    scale = attention.head_dim**-0.5
    return scaled_queries(*joined_weights(modules), attention.embed_dim, scale, precision)
