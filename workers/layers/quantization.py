"""Products in int8, LLM.int8() (Dettmers et al. 2022) without its outliers.

Weights are quantised once with a scale for each output. Rows are when they come, each with a scale
and a middle of its own: integers are spent on the numbers between its smallest and its largest, so
that the output of a GELU, which is hardly ever negative, gets twice as many. What a row becomes
does not depend on the rows beside it.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from workers.layers.input_sample import InputSample, wait
from workers.layers.int8_kernels import LARGEST
from workers.layers.int8_matmul import byte_product, largest_pair

#: Smallest scale, so that a row of zeros divides by something.
_TINY = 1e-12
#: Smallest scale as a part of a row's middle: float32 does not tell numbers apart that are nearer.
_FINEST = 2.0**-20


class Int8Weight:
    """Multiplies rows with a weight that is stored in int8; while layers are `sampled`, exactly.

    Args:
        weight: (outputs, inputs), in float32.
    """

    def __init__(self, weight: Tensor) -> None:
        self._multiply: _Sampled | _Rounded = (
            _Sampled(weight) if wait(self) else _Rounded(weight, None)
        )

    def product(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """Compute `x @ weight.T + bias`, from (rows, inputs) in float32 to (rows, outputs)."""
        return self._multiply(x, bias)

    @torch.inference_mode()
    def round_weight(self) -> None:
        """Round the weight, by what was read until now."""
        if isinstance(self._multiply, _Sampled):
            self._multiply = _Rounded(self._multiply.weight, self._multiply.sample.mean)


class _Sampled:
    """The exact product, which takes down what it reads."""

    def __init__(self, weight: Tensor) -> None:
        self.weight, self.sample = weight, InputSample()

    def __call__(self, x: Tensor, bias: Tensor | None) -> Tensor:
        self.sample.add(x)
        return functional.linear(x, self.weight, bias)


class _Rounded:
    """The product in int8.

    Args:
        weight: (outputs, inputs), in float32.
        mean: Of the rows that it is made for, (inputs); None if it is not known.
    """

    def __init__(self, weight: Tensor, mean: Tensor | None) -> None:
        pair = largest_pair() if weight.device.type == "cpu" else None
        bytes_, scale = quantised(weight, pair)
        self._product = byte_product(bytes_, scale)
        #: What a row of ones gives.
        self._sums = bytes_.sum(dim=1, dtype=torch.long).float().mul_(scale)
        #: What rounding the weight has taken from the mean of all rows.
        self._shift = None
        if mean is not None:
            self._shift = (weight - bytes_ * scale[:, None]) @ mean

    def __call__(self, x: Tensor, bias: Tensor | None) -> Tensor:
        if self._shift is not None:
            bias = self._shift if bias is None else bias + self._shift
        middle, scale = row_range(x, self._product.levels)
        inverse = scale.reciprocal()
        y = self._product(torch.addcmul(middle * -inverse, x, inverse))
        y = y.mul_(scale) if bias is None else torch.addcmul(bias, y, scale)
        return y.addr_(middle[:, 0], self._sums)


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
    scale = scale.clamp_(min=_TINY)
    return (weight / scale[:, None]).round_().to(torch.int8), scale


def row_range(x: Tensor, levels: int) -> tuple[Tensor, Tensor]:
    """The middle of each of (rows, inputs), and the scale by which what is left of it is divided to
    lie within ±levels: both (rows, 1).
    """
    low, high = x.amin(dim=1, keepdim=True), x.amax(dim=1, keepdim=True)
    middle = (low + high).mul_(0.5)
    scale = (high - low).mul_(0.5 / levels)
    return middle, torch.maximum(scale, middle.abs().mul_(_FINEST)).clamp_(min=_TINY)


def row_scale(x: Tensor, levels: int) -> Tensor:
    """The scale by which each of (rows, inputs) is divided to lie within ±levels, (rows, 1)."""
    return x.abs().amax(dim=1, keepdim=True).clamp_(min=_TINY).div_(levels)
