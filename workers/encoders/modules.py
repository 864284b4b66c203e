"""Taking weights out of the modules of Transformers, and only out of those that are what they seem.

A quantised linear layer or one with an adapter has a class of its own; to read its `weight` would
be to compute something else.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from schema.catalog import Precision
from workers.encoders.unsupported import UnsupportedError
from workers.layers.encoder_layer import Attention, EncoderLayer
from workers.layers.linear import DTYPES, Linear, UnknownActivationError, joined
from workers.layers.norm import Norm, layer_norm


def linear(module: Any, precision: Precision, activation: Any = None) -> Linear:
    """A linear layer, with the activation of the configuration behind it.

    Raises:
        UnsupportedError: If it is none, or its activation is not known.
    """
    _is(module, nn.Linear)
    try:
        return Linear(module.weight, module.bias, precision, activation)
    except UnknownActivationError:
        raise UnsupportedError(f"activation {activation!r}") from None


def joined_linear(modules: list[Any], precision: Precision) -> Linear:
    """Several linear layers with one input as one."""
    for module in modules:
        _is(module, nn.Linear)
    return Linear(*joined(*modules), precision)


def norm(module: Any, precision: Precision) -> Norm:
    """A layer norm.

    Raises:
        UnsupportedError: If it is none.
    """
    _is(module, nn.LayerNorm)
    return layer_norm(module, precision)


def table(module: Any, precision: Precision) -> Tensor | None:
    """(entries, width): an embedding's weights; None where the model has none.

    Raises:
        UnsupportedError: If it is something else.
    """
    if module is None:
        return None
    _is(module, nn.Embedding)
    weight: Tensor = module.weight.detach().to(DTYPES[precision])
    return weight


def bert_layer(
    layer: Any, qkv: list[Any], activation: Any, attention: Attention, precision: Precision
) -> EncoderLayer:
    """A layer built as BERT's: norms behind block and residual.

    Args:
        layer: Of BERT, RoBERTa or DeBERTa.
        qkv: Its linear layers for queries, keys and values.
        activation: Of the configuration.
        attention: How tokens see each other.
        precision: What to compute in.
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


def _is(module: Any, kind: type[nn.Module]) -> None:
    if type(module) is not kind:
        raise UnsupportedError(f"a {type(module).__name__} in the place of a {kind.__name__}")
