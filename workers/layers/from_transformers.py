"""Takes weights out of modules of Transformers, and only out of modules of exactly the known class.

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


def linear(
    module: Any, precision: Precision, activation: Any = None, *, few_rows: bool = False
) -> Linear:
    """Convert a linear layer, with the activation that the configuration names behind it; for
    `few_rows` see `Linear`.

    Raises:
        UnsupportedModelError: If it is none, or its activation is not known.
    """
    _is(module, nn.Linear)
    return Linear(module.weight, module.bias, precision, activation, few_rows=few_rows)


def joined_linear(modules: list[Any], precision: Precision, *, few_rows: bool = False) -> Linear:
    """Convert several linear layers that share their input into one."""
    return Linear(*joined_weights(modules), precision, few_rows=few_rows)


def joined_weights(modules: list[Any]) -> tuple[Tensor, Tensor | None]:
    """Join weights and biases of several linear layers, so that their outputs stand in a row.

    Raises:
        UnsupportedModelError: If one of them is no linear layer.
    """
    for module in modules:
        _is(module, nn.Linear)
    return joined(*modules)


def transposed_linear(module: Any, precision: Precision, activation: Any = None) -> Linear:
    """Convert a linear layer of GPT-2, whose weight is transposed; otherwise as `linear`, for few
    rows.
    """
    return Linear(*transposed_weights(module), precision, activation, few_rows=True)


def transposed_weights(module: Any) -> tuple[Tensor, Tensor]:
    """The weight of a layer of GPT-2 as other layers have it, (outputs, inputs), and its bias.

    Raises:
        UnsupportedModelError: If it is no such layer.
    """
    _is(module, Conv1D)
    return module.weight.detach().t(), module.bias.detach()


def scaled_queries(
    weight: Tensor, bias: Tensor | None, queries: int, scale: float, precision: Precision
) -> Linear:
    """Make a linear layer of a decoder whose first outputs are queries, with the scale of scores in
    its weights instead of in every step.

    Args:
        weight: (outputs, inputs).
        bias: (outputs), or None.
        queries: Outputs that are queries, the first ones.
        scale: Factor of the scores.
        precision: The precision to compute in.
    """
    factor = torch.ones(len(weight), 1, dtype=weight.dtype, device=weight.device)
    factor[:queries] = scale
    scaled = None if bias is None else bias * factor[:, 0]
    return Linear(weight * factor, scaled, precision, few_rows=True)


def rms(module: Any, kind: type[nn.Module], precision: Precision) -> Norm:
    """Convert a norm that is computed like T5's and has a class of its own in each architecture.

    Raises:
        UnsupportedModelError: If it is something else.
    """
    _is(module, kind)
    return rms_norm(module, precision)


def norm(module: Any, precision: Precision) -> Norm:
    """Convert a layer norm.

    Raises:
        UnsupportedModelError: If it is none.
    """
    _is(module, nn.LayerNorm)
    return layer_norm(module, precision)


def table(module: Any, precision: Precision) -> Tensor | None:
    """The weights of an embedding, (entries, width); None where the model has none.

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
