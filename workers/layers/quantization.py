"""Products in int8, LLM.int8() (Dettmers et al. 2022) without its outliers.

Weights are quantised once with a scale for each output. Rows are when they come, each with a scale
and a middle of its own: integers are spent on the numbers between its smallest and its largest, so
that the output of a GELU, which is hardly ever negative, gets twice as many. What a row becomes
does not depend on the rows beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from workers.layers.input_sample import InputSample, wait
from workers.layers.int8_kernels import LARGEST
from workers.layers.int8_matmul import byte_product, largest_pair
from workers.layers.vnni_product import VnniProduct
from workers.runtime.compiled import load, pays

#: Smallest scale, so that a row of zeros divides by something.
TINY = 1e-12
#: Smallest scale as a part of a row's middle: float32 does not tell numbers apart that are nearer.
FINEST = 2.0**-20

_Kernel = Callable[..., None]


class Int8Weight:
    """Multiplies rows with a weight that is stored in int8; while layers are `sampled`, exactly.

    Args:
        weight: (outputs, inputs), in float32.
        bias: Added to the products, (outputs); or None.
        few_rows: Whether it mostly multiplies few rows.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, *, few_rows: bool = False) -> None:
        self._few_rows = few_rows
        self._multiply: _Sampled | _Rounded
        if wait(self):
            self._multiply = _Sampled(weight, bias)
        else:
            self._multiply = _Rounded(weight, _own_bias(weight, bias), few_rows)

    def product(self, x: Tensor) -> Tensor:
        """Compute `x @ weight.T + bias`, from (rows, inputs) in float32 to (rows, outputs)."""
        return self._multiply(x)

    @torch.inference_mode()
    def round_weight(self) -> None:
        """Round the weight, by what was read until now."""
        if isinstance(self._multiply, _Sampled):
            weight, bias = self._multiply.weight, self._multiply.bias
            mean = self._multiply.sample.mean
            self._multiply = _Rounded(weight, _own_bias(weight, bias), self._few_rows, mean)


def _own_bias(weight: Tensor, bias: Tensor | None) -> Tensor:
    return weight.new_zeros(len(weight)) if bias is None else bias


class _Sampled:
    """The exact product, which takes down what it reads."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self.weight, self.bias, self.sample = weight, bias, InputSample()

    def __call__(self, x: Tensor) -> Tensor:
        self.sample.add(x)
        return functional.linear(x, self.weight, self.bias)


class _Rounded:
    """The product in int8.

    Args:
        weight: (outputs, inputs), in float32.
        bias: Added to the products, (outputs).
        few_rows: Whether it mostly multiplies few rows.
        mean: Of the rows that it is made for, (inputs); None if it is not known.
    """

    def __init__(
        self, weight: Tensor, bias: Tensor, few_rows: bool, mean: Tensor | None = None
    ) -> None:
        on_cpu = weight.device.type == "cpu"
        bytes_, scale = quantised(weight, largest_pair() if on_cpu else None)
        self._product = byte_product(bytes_, scale, few_rows=few_rows)
        #: What a row of ones gives.
        self._sums = bytes_.sum(dim=1, dtype=torch.long).float().mul_(scale)
        # What rounding the weight takes from the mean of all rows is given back.
        shift = None if mean is None else (weight - bytes_ * scale[:, None]) @ mean
        self._bias = bias.contiguous() if shift is None else bias + shift
        if on_cpu:
            fused_rounding()
            self._arrays = self._bias.numpy(), self._sums.numpy()

    def __call__(self, x: Tensor) -> Tensor:
        if pays(x.device, x.dtype) and (kernels := fused_rounding()):
            return self._fused(x.contiguous(), *kernels)
        middle, scale = row_range(x, self._product.levels)
        inverse = scale.reciprocal()
        scaled = torch.addcmul(middle * -inverse, x, inverse)
        y = self._product(scaled if self._product.rounds_rows else scaled.round_())
        return torch.addcmul(self._bias, y, scale).addr_(middle[:, 0], self._sums)

    def _fused(self, x: Tensor, to_floats: _Kernel, to_bytes: _Kernel, restore: _Kernel) -> Tensor:
        """The same, in three calls instead of fifteen, or in one."""
        product = self._product
        if isinstance(product, VnniProduct):
            return product.linear(x, *self._arrays)
        # A tensor's `shape` costs a tenth of its `len`.
        ranges = np.empty((2, x.shape[0]), np.float32)
        if product.takes_bytes:
            integers = torch.empty(x.shape, dtype=torch.uint8)
            to_bytes(x.numpy(), product.levels, integers.numpy(), ranges)
        else:
            integers = torch.empty(x.shape, dtype=torch.float32)
            to_floats(x.numpy(), product.levels, integers.numpy(), ranges, product.rounds_rows)
        y = product.multiply(integers)
        restore(y.numpy(), ranges, *self._arrays)
        return y


@cache
def fused_rounding() -> list[_Kernel] | None:
    """Load the functions of `fused_rounding.py`, compiled the first time; None where they cannot
    be.
    """
    names = ["round_to_floats", "round_to_bytes", "restore"]
    return load("workers.layers.fused_rounding", names, "rows are rounded by torch")


def quantised(weight: Tensor, largest_pair: int | None = None) -> tuple[Tensor, Tensor]:
    """Round a weight to int8, (outputs, inputs), with a scale for each output, (outputs).

    Args:
        weight: (outputs, inputs).
        largest_pair: What the absolute values of inputs 0 and 1, 2 and 3, … of an output may add up
            to, as integers; None if that does not matter.
    """
    scale = weight.abs().amax(dim=1).div_(LARGEST)
    if largest_pair is not None:
        padded = functional.pad(weight.abs(), (0, weight.shape[1] % 2))
        pairs = padded.reshape(len(weight), -1, 2).sum(2)
        # Two that are rounded up are larger by one.
        scale = torch.maximum(scale, pairs.amax(dim=1).div_(largest_pair - 1))
    scale = scale.clamp_(min=TINY)
    return (weight / scale[:, None]).round_().to(torch.int8), scale


def row_range(x: Tensor, levels: int) -> tuple[Tensor, Tensor]:
    """The middle of each of (rows, inputs), and the scale by which what is left of it is divided to
    lie within ±levels: both (rows, 1).
    """
    low, high = x.amin(dim=1, keepdim=True), x.amax(dim=1, keepdim=True)
    middle = (low + high).mul_(0.5)
    scale = (high - low).mul_(0.5 / levels)
    return middle, torch.maximum(scale, middle.abs().mul_(FINEST)).clamp_(min=TINY)


def row_scale(x: Tensor, levels: int) -> Tensor:
    """The scale by which each of (rows, inputs) is divided to lie within ±levels, (rows, 1)."""
    return x.abs().amax(dim=1, keepdim=True).clamp_(min=TINY).div_(levels)
