"""Products in int8, LLM.int8() (Dettmers et al. 2022) without its outliers.

Weights are quantised once with a scale for each output, inputs with a scale for each row when they
come, both symmetric. So what a row becomes does not depend on the rows beside it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from workers.layers.int8_kernels import LARGEST
from workers.layers.int8_matmul import byte_product

#: Smallest scale, so that a row of zeros divides by something.
_TINY = 1e-12


class Int8Weight:
    """Multiplies rows with a weight that is stored in int8.

    Args:
        weight: (outputs, inputs), in float32.
    """

    def __init__(self, weight: Tensor) -> None:
        self._product = byte_product(*quantised(weight))

    def product(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Compute `x @ weight.T + bias`, from (rows, inputs) in float32 to (rows, outputs)."""
        scale = row_scale(x, self._product.levels)
        y = self._product(x / scale)
        return y.mul_(scale) if bias is None else torch.addcmul(bias, y, scale)


def quantised(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Round a weight to int8, (outputs, inputs), with a scale for each output, (outputs)."""
    scale = weight.abs().amax(dim=1).clamp_(min=_TINY).div_(LARGEST)
    return (weight / scale[:, None]).round_().to(torch.int8), scale


def row_scale(x: Tensor, levels: int) -> Tensor:
    """The scale by which each of (rows, inputs) is divided to lie within ±levels, (rows, 1)."""
    return x.abs().amax(dim=1, keepdim=True).clamp_(min=_TINY).div_(levels)
