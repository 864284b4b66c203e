"""Converts Llama and its kin: Llama, Mistral, Qwen2.

They have rotary positions, RMSNorm before each block, gated
feed-forward networks, and keys that several heads share (Touvron et al. 2023, `modeling_llama.py`
of Transformers).
"""

from __future__ import annotations

import sys
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from schema.catalog import Precision
from workers.decoding.architecture.causal import Causal, CausalLayer
from workers.decoding.output.lm_head import Head
from workers.errors import UnsupportedModelError
from workers.layers.from_transformers import joined_weights, linear, rms, scaled_queries, table
from workers.layers.linear import DTYPES
from workers.layers.rotary_embedding import RotaryEmbedding

#: By `model_type`: what their classes' names begin with.
FAMILY = {"llama": "Llama", "mistral": "Mistral", "qwen2": "Qwen2"}

#: Ways to stretch positions that come to fixed speeds, whatever the length of a text.
_ROPE_TYPES = ("default", "linear", "llama3", "yarn")


def from_llama(model: Any, precision: Precision) -> Causal:
    """Convert a `LlamaForCausalLM`, `MistralForCausalLM` or `Qwen2ForCausalLM`.

    Raises:
        UnsupportedModelError: If it is another model, or has modules, functions or settings that
            are not known here.
    """
    config = model.config
    family = FAMILY[config.model_type]
    if type(model).__name__ != f"{family}ForCausalLM":
        raise UnsupportedModelError(f"a {type(model).__name__}")
    if not getattr(config, "is_causal", True):
        raise UnsupportedModelError("is_causal = False")
    body, kind = model.model, getattr(sys.modules[type(model).__module__], f"{family}RMSNorm")
    words = table(body.embed_tokens, precision)
    assert words is not None
    heads, key_heads = config.num_attention_heads, config.num_key_value_heads
    size = body.layers[0].self_attn.head_dim
    weight, bias = joined_weights([model.lm_head])
    return Causal(
        embed=lambda ids, positions: functional.embedding(ids, words),
        decoder=[_layer(layer, config, kind, precision) for layer in body.layers],
        decoder_norm=rms(body.norm, kind, precision),
        head=Head(weight, bias, precision),
        known=len(words),
        vocabulary=model.lm_head.out_features,
        heads=heads,
        key_heads=key_heads,
        size=size,
        positions=_window(config),
        turning=RotaryEmbedding(
            speeds=_speeds(body.rotary_emb, size),
            scaling=float(body.rotary_emb.attention_scaling),
            heads=heads + key_heads,
            dtype=DTYPES[precision],
        ),
    )


def _window(config: Any) -> int | None:
    """The number of tokens that a token sees at the most, which must be no fewer than the model has
    positions; None where it sees them all.
    """
    window: int | None = getattr(config, "sliding_window", None)
    if window is not None and window < config.max_position_embeddings:
        raise UnsupportedModelError(f"sliding_window = {window}")
    return window


def _speeds(rotary: Any, size: int) -> Tensor:
    if rotary.rope_type not in _ROPE_TYPES:
        raise UnsupportedModelError(f"rope_type = {rotary.rope_type!r}")
    speeds: Tensor = rotary.inv_freq.detach().float().clone()
    if 2 * len(speeds) != size:
        raise UnsupportedModelError(f"{2 * len(speeds)} of {size} dimensions with positions")
    return speeds


def _layer(layer: Any, config: Any, kind: type[nn.Module], precision: Precision) -> CausalLayer:
    own, feed_forward = layer.self_attn, layer.mlp
    weight, bias = joined_weights([own.q_proj, own.k_proj, own.v_proj])
    queries = config.num_attention_heads * own.head_dim
    return CausalLayer(
        qkv=scaled_queries(weight, bias, queries, own.head_dim**-0.5, precision),
        self_output=linear(own.o_proj, precision, few_rows=True),
        self_norm=rms(layer.input_layernorm, kind, precision),
        widen=linear(feed_forward.gate_proj, precision, config.hidden_act, few_rows=True),
        narrow=linear(feed_forward.down_proj, precision, few_rows=True),
        feed_forward_norm=rms(layer.post_attention_layernorm, kind, precision),
        gate=linear(feed_forward.up_proj, precision, few_rows=True),
    )
