"""Converts GPT-2 (Radford et al. 2019, `modeling_gpt2.py` of Transformers)."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torch.nn import functional

from schema.catalog import Precision
from workers.decoding.architecture.causal import Causal, CausalLayer
from workers.decoding.output.lm_head import Head
from workers.errors import UnsupportedModelError
from workers.layers.from_transformers import (
    joined_weights,
    norm,
    scaled_queries,
    table,
    transposed_linear,
    transposed_weights,
)

#: `model_type` of configurations.
FAMILY = "gpt2"

#: Settings of the configuration that are not done here, with the value that does nothing.
_NOT_DONE = {
    "scale_attn_by_inverse_layer_idx": False,
    "reorder_and_upcast_attn": False,
    "add_cross_attention": False,
    "is_causal": True,
}


def from_gpt2(model: Any, precision: Precision) -> Causal:
    """Convert a `GPT2LMHeadModel`.

    Raises:
        UnsupportedModelError: If it is another model, or has modules, functions or settings that
            are not known here.
    """
    if type(model).__name__ != "GPT2LMHeadModel":
        raise UnsupportedModelError(f"a {type(model).__name__}")
    config = model.config
    for name, nothing in _NOT_DONE.items():
        if getattr(config, name, nothing) != nothing:
            raise UnsupportedModelError(f"{name} = {getattr(config, name)!r}")
    body = model.transformer
    words, places = table(body.wte, precision), table(body.wpe, precision)
    assert words is not None and places is not None

    def embed(ids: Tensor, positions: Tensor) -> Tensor:
        return functional.embedding(ids, words) + functional.embedding(positions, places)

    weight, bias = joined_weights([model.lm_head])
    return Causal(
        embed=embed,
        decoder=[_layer(block, config, precision) for block in body.h],
        decoder_norm=norm(body.ln_f, precision),
        head=Head(weight, bias, precision),
        known=len(words),
        vocabulary=model.lm_head.out_features,
        heads=config.num_attention_heads,
        key_heads=config.num_attention_heads,
        size=config.hidden_size // config.num_attention_heads,
        positions=len(places),
    )


def _layer(block: Any, config: Any, precision: Precision) -> CausalLayer:
    own, feed_forward = block.attn, block.mlp
    weight, bias = transposed_weights(own.c_attn)
    scale = own.head_dim**-0.5 if config.scale_attn_weights else 1.0
    return CausalLayer(
        qkv=scaled_queries(weight, bias, own.embed_dim, scale, precision),
        self_output=transposed_linear(own.c_proj, precision),
        self_norm=norm(block.ln_1, precision),
        widen=transposed_linear(feed_forward.c_fc, precision, config.activation_function),
        narrow=transposed_linear(feed_forward.c_proj, precision),
        feed_forward_norm=norm(block.ln_2, precision),
    )
