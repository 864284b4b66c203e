"""Normalisation between layers: LayerNorm (Ba et al. 2016) and T5's RMSNorm (Zhang & Sennrich)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from schema.catalog import Precision
from workers.layers.linear import DTYPES

#: A function from (…, width) to (…, width).
Norm = Callable[[Tensor], Tensor]


def layer_norm(module: nn.LayerNorm, precision: Precision) -> Norm:
    """Make the norm with weights of the precision's dtype; from (…, width) to (…, width)."""
    dtype = DTYPES[precision]
    # torch's types do not know that there may be no bias.
    own: Tensor | None = module.bias
    weight, bias = module.weight.detach().to(dtype), None if own is None else own.detach().to(dtype)
    shape, epsilon = module.normalized_shape, module.eps
    # The same as of `torch.nn.functional`, which asks first for what is never here.
    return lambda x: torch.layer_norm(x, shape, weight, bias, epsilon)


def rms_norm(module: nn.Module, precision: Precision) -> Norm:
    """Make a norm as `T5LayerNorm`: without mean and bias, the variance always in float32."""
    dtype = DTYPES[precision]
    weight = module.weight.detach().to(dtype)  # type: ignore[operator]
    epsilon = float(module.variance_epsilon)  # type: ignore[arg-type]

    def norm(x: Tensor) -> Tensor:
        variance = x.float().pow(2).mean(-1, keepdim=True)
        scaled = x * torch.rsqrt(variance + epsilon)
        return weight * scaled.to(dtype)

    return norm
