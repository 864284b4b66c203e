"""Converts ModernBERT (Warner et al. 2024): norms first, gated layers, rotary positions, and layers
that see no further than a window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from schema.catalog import Precision
from workers.encoders.packed import Body, Embeddings, position_ids_from_0
from workers.layers.encoder_layer import EncoderLayer
from workers.layers.from_transformers import linear, norm, table
from workers.layers.linear import Linear
from workers.layers.packed_attention import packed_attention
from workers.layers.packing import Packing


@dataclass(frozen=True, slots=True)
class RotaryAttention:
    """Attention of one layer over rotated queries and keys.

    Attributes:
        cosines: Cosines of the angles, (positions, 1, 1, size), in float32.
        sines: Sines of the angles, of the same shape.
        window: Tokens that are seen to either side; None for all.
    """

    cosines: Tensor
    sines: Tensor
    window: int | None

    def __call__(self, qkv: Tensor, packing: Packing) -> Tensor:
        """Attend within documents, from (tokens, 3, heads, size) to (tokens, heads * size)."""
        rotated = qkv[:, :2].float()
        first, second = rotated.chunk(2, dim=-1)
        turned = torch.cat((-second, first), dim=-1)
        positions = packing.positions
        rotated = rotated * self.cosines[positions] + turned * self.sines[positions]
        joined = torch.cat((rotated.to(qkv.dtype), qkv[:, 2:]), dim=1)
        return packed_attention(joined, packing, bias=self._bias(max(packing.lengths), qkv))

    def _bias(self, longest: int, like: Tensor) -> Tensor | None:
        """(1, longest, longest): minus infinity where a token is out of sight."""
        if self.window is None or longest <= self.window + 1:
            return None
        places = torch.arange(longest, device=like.device)
        hidden = (places[:, None] - places).abs() > self.window
        return torch.zeros_like(hidden, dtype=like.dtype).masked_fill_(hidden, -torch.inf)[None]


def modernbert_body(model: Any, precision: Precision) -> Body:
    """Convert a `ModernBertModel`."""
    config, embeddings = model.config, model.embeddings
    words = table(embeddings.tok_embeddings, precision)
    assert words is not None
    attentions = _attentions(model)
    layers = [_layer(layer, attentions, config, precision) for layer in model.layers]
    layers[-1] = replace(layers[-1], final_norm=norm(model.final_norm, precision))
    return Body(
        Embeddings(
            words=words,
            types=None,
            positions=None,
            position_ids=position_ids_from_0,
            norm=norm(embeddings.norm, precision),
        ),
        layers,
    )


def _attentions(model: Any) -> Mapping[str, RotaryAttention]:
    """By kinds of layers."""
    config = model.config
    positions = torch.arange(config.max_position_embeddings, device=model.device)[None]
    like = torch.empty(0, dtype=torch.float32, device=model.device)
    found = {}
    for kind in sorted({*config.layer_types}):
        cosines, sines = model.rotary_emb(like, positions, kind)
        window = int(config.sliding_window) if kind == "sliding_attention" else None
        found[kind] = RotaryAttention(cosines[0, :, None, None], sines[0, :, None, None], window)
    return found


def _layer(
    layer: Any, attentions: Mapping[str, RotaryAttention], config: Any, precision: Precision
) -> EncoderLayer:
    wide = layer.mlp.Wi
    weights = wide.weight.chunk(2)
    biases = (None, None) if wide.bias is None else wide.bias.chunk(2)
    first = layer.attn_norm
    return EncoderLayer(
        qkv=linear(layer.attn.Wqkv, precision),
        output=linear(layer.attn.Wo, precision),
        attention_norm=first if isinstance(first, nn.Identity) else norm(first, precision),
        widen=Linear(weights[0], biases[0], precision, config.hidden_activation),
        gate=Linear(weights[1], biases[1], precision),
        narrow=linear(layer.mlp.Wo, precision),
        feed_forward_norm=norm(layer.mlp_norm, precision),
        heads=config.num_attention_heads,
        attention=attentions[layer.attention_type],
        norm_first=True,
    )
