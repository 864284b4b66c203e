"""Normalisation between layers: LayerNorm (Ba et al. 2016) and T5's RMSNorm (Zhang & Sennrich)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from schema.catalog import Precision
from workers.layers.linear import DTYPES

Norm = Callable[[Tensor], Tensor]


def layer_norm(module: nn.LayerNorm, precision: Precision) -> Norm:
    """The same function with weights of the precision's dtype; (…, width) to (…, width)."""
    dtype = DTYPES[precision]
    weight, bias = module.weight.detach().to(dtype), module.bias.detach().to(dtype)
    shape, epsilon = module.normalized_shape, module.eps
    return lambda x: functional.layer_norm(x, shape, weight, bias, epsilon)


def rms_norm(module: nn.Module, precision: Precision) -> Norm:
    """As `T5LayerNorm`: no mean, no bias, the variance in float32 whatever the dtype."""
    dtype = DTYPES[precision]
    weight = module.weight.detach().to(dtype)  # type: ignore[operator]
    epsilon = float(module.variance_epsilon)  # type: ignore[arg-type]

    def norm(x: Tensor) -> Tensor:
        variance = x.float().pow(2).mean(-1, keepdim=True)
        scaled = x * torch.rsqrt(variance + epsilon)
        return weight * scaled.to(dtype)

    return norm
