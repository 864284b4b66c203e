"""Taking weights out of the modules of Transformers, and only out of those that are what they seem.

A quantised linear layer or one with an adapter has a class of its own; to read its `weight` would
be to compute something else.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from schema.catalog import Precision
from workers.errors import UnsupportedModelError
from workers.layers.linear import DTYPES, Linear, joined
from workers.layers.norm import Norm, layer_norm, rms_norm


def linear(module: Any, precision: Precision, activation: Any = None) -> Linear:
    """A linear layer, with the activation of the configuration behind it.

    Raises:
        UnsupportedModelError: If it is none, or its activation is not known.
    """
    _is(module, nn.Linear)
    return Linear(module.weight, module.bias, precision, activation)


def joined_linear(modules: list[Any], precision: Precision) -> Linear:
    """Several linear layers with one input as one."""
    return Linear(*joined_weights(modules), precision)


def joined_weights(modules: list[Any]) -> tuple[Tensor, Tensor | None]:
    """Weight and bias of several linear layers as of one: their outputs in a row.

    Raises:
        UnsupportedModelError: If one is none.
    """
    for module in modules:
        _is(module, nn.Linear)
    return joined(*modules)


def transposed_linear(module: Any, precision: Precision, activation: Any = None) -> Linear:
    """GPT-2's linear layer, whose weight lies the other way round; otherwise as `linear`."""
    return Linear(*transposed_weights(module), precision, activation)


def transposed_weights(module: Any) -> tuple[Tensor, Tensor]:
    """Its weight as other linear layers have it, (outputs, inputs), and its bias.

    Raises:
        UnsupportedModelError: If it is none.
    """
    _is(module, Conv1D)
    return module.weight.detach().t(), module.bias.detach()


def scaled_queries(
    weight: Tensor, bias: Tensor | None, queries: int, scale: float, precision: Precision
) -> Linear:
    """Queries, or these and what comes behind them, with scores scaled here once instead of in
    every step.

    Args:
        weight: (outputs, inputs).
        bias: (outputs), or None.
        queries: Outputs that are queries, the first ones.
        scale: Of the scores.
        precision: What to compute in.
    """
    factor = torch.ones(len(weight), 1, dtype=weight.dtype, device=weight.device)
    factor[:queries] = scale
    return Linear(weight * factor, None if bias is None else bias * factor[:, 0], precision)


def rms(module: Any, kind: type[nn.Module], precision: Precision) -> Norm:
    """A norm that is computed like T5's, under the name that its architecture has for it.

    Raises:
        UnsupportedModelError: If it is something else.
    """
    _is(module, kind)
    return rms_norm(module, precision)


def norm(module: Any, precision: Precision) -> Norm:
    """A layer norm.

    Raises:
        UnsupportedModelError: If it is none.
    """
    _is(module, nn.LayerNorm)
    return layer_norm(module, precision)


def table(module: Any, precision: Precision) -> Tensor | None:
    """(entries, width): an embedding's weights; None where the model has none.

    Raises:
        UnsupportedModelError: If it is something else.
    """
    if module is None:
        return None
    _is(module, nn.Embedding)
    weight: Tensor = module.weight.detach().to(DTYPES[precision])
    return weight


def _is(module: Any, kind: type[nn.Module]) -> None:
    if type(module) is not kind:
        raise UnsupportedModelError(f"a {type(module).__name__} in the place of a {kind.__name__}")
