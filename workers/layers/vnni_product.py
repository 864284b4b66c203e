"""The int8 product of a decoder's steps: few rows, and nothing between two calls of Python."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from workers.layers.int8_kernels import SHIFT, Int8Matmul, has_vnni
from workers.runtime.compiled import load, pays

#: Outputs of a block of the weight, and inputs whose products one instruction adds up.
WIDTH, GROUP = 64, 4


class VnniProduct(Int8Matmul):
    """Multiplies by functions compiled for VNNI: with rounding, one row takes a third to two thirds
    of FBGEMM's time, 24 rows six to eight tenths. One thread computes it.

    Args:
        quantised: (outputs, inputs) in int8, without -128.
        scale: Scale of each output, (outputs), in float32.
        bias: Added to every row of the product, (outputs), in float32; may be -inf.
    """

    name = "Numba"

    def __init__(self, quantised: Tensor, scale: Tensor, bias: Tensor | None = None) -> None:
        self._outputs = len(scale)
        shift = quantised.sum(dim=1, dtype=torch.int32) * SHIFT
        self._arrays = pack(quantised), shift.numpy(), scale.contiguous().numpy()
        self._bias = np.empty(0, np.float32) if bias is None else bias.contiguous().numpy()

    def __call__(self, rows: Tensor) -> Tensor:
        """See `Int8Matmul`."""
        y = torch.empty(rows.shape[0], self._outputs)
        kernels = vnni_kernels()
        if kernels is None:
            raise RuntimeError("there are no functions for VNNI here")
        kernels[0](rows.contiguous().numpy(), *self._arrays, self._bias, y.numpy())
        return y

    def linear(self, x: Tensor, bias: NDArray[np.float32], ones: NDArray[np.float32]) -> Tensor:
        """Round rows by their own ranges, multiply them and bring them back.

        Args:
            x: (rows, inputs) in float32.
            bias: Added to every row, (outputs).
            ones: What a row of ones gives, (outputs).

        Returns:
            (rows, outputs).
        """
        kernels, y = vnni_kernels(), torch.empty(x.shape[0], self._outputs)
        assert kernels is not None
        kernels[1](x.contiguous().numpy(), self.levels, *self._arrays, bias, ones, y.numpy())
        return y


def pack(quantised: Tensor) -> NDArray[np.int8]:
    """Lay a weight out as one thread reads it, (blocks, groups of inputs, WIDTH, GROUP), filled up
    with zeros.

    Args:
        quantised: (outputs, inputs) in int8.
    """
    outputs, inputs = quantised.shape
    padded = functional.pad(quantised, (0, -inputs % GROUP, 0, -outputs % WIDTH))
    blocks = padded.view(-1, WIDTH, padded.shape[1] // GROUP, GROUP)
    packed: NDArray[np.int8] = blocks.transpose(1, 2).contiguous().numpy()
    return packed


def has_compiled() -> bool:
    """Whether this process had better use the compiled functions, if there are any."""
    return has_vnni() and pays(torch.device("cpu"), torch.float32) and vnni_kernels() is not None


@cache
def vnni_kernels() -> list[Callable[..., None]] | None:
    """Load the functions of `vnni_kernel.py`, compiled the first time; None where they cannot
    be.
    """
    names = ["multiply_integers", "multiply_rows"]
    return load("workers.layers.vnni_kernel", names, "steps of decoders in int8 by FBGEMM")
