"""Products of rows with an int8 weight, each by another library.

All add up integers without losing any, so a row's outcome does not depend on the rows beside it.
Whether a library keeps to that on the processor at hand is checked in `int8_check`.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from functools import cache
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional

#: Largest absolute value of a weight's integers: they are symmetric, without -128.
LARGEST = 127
#: Added to signed integers to make them unsigned, since both libraries want one unsigned factor.
SHIFT = 128
#: Inputs whose products are added up in float32: 1,024 of bytes stay below 2**24, so all sums are
#: integers that it has.
_EXACT_INPUTS = 1024


class Int8Matmul(ABC):
    """Rounds rows to integers and multiplies them with one weight.

    Attributes:
        name: The library's name in log lines.
        levels: Largest absolute value of a row's integers.
        largest_pair: What the absolute values of inputs 0 and 1, 2 and 3, … of an output of the
            weight may add up to; None if any weight will do.
        takes_bytes: Whether `multiply` takes integers as bytes, with `SHIFT` added.
        rounds_rows: Whether rows are left to it to round.
    """

    name: ClassVar[str]
    levels: ClassVar[int] = LARGEST
    largest_pair: ClassVar[int | None] = None
    takes_bytes: ClassVar[bool] = False
    rounds_rows: ClassVar[bool] = False

    @abstractmethod
    def __init__(self, quantised: Tensor, scale: Tensor) -> None:
        """Bring the weight into the library's layout.

        Args:
            quantised: (outputs, inputs) in int8, without -128, however they lie in memory.
            scale: Scale of each output, (outputs), in float32.
        """

    @classmethod
    def takes(cls, quantised: Tensor) -> bool:
        """Whether a weight, (outputs, inputs) in int8, keeps to `largest_pair`."""
        if cls.largest_pair is None or not quantised.numel():
            return True
        padded = functional.pad(quantised.short().abs(), (0, quantised.shape[1] % 2))
        return int(padded.reshape(len(padded), -1, 2).sum(2).amax()) <= cls.largest_pair

    @abstractmethod
    def __call__(self, rows: Tensor) -> Tensor:
        """Round and multiply.

        Args:
            rows: (rows, inputs) in float32, between -`levels` and `levels`; may be rounded in
                place. Where two integers are about as near, either is taken.

        Returns:
            `rows.round() @ (quantised * scale).T`, (rows, outputs) in float32.
        """

    def multiply(self, integers: Tensor) -> Tensor:
        """Multiply (rows, inputs) that are rounded unless it `rounds_rows`: in float32, or in
        unsigned bytes where the library `takes_bytes`.
        """
        return self(integers)


@cache
def has_fbgemm() -> bool:
    """Whether this machine has FBGEMM, and this torch still takes its weights: they come in tensors
    of quantised dtypes, which are to leave torch one day.
    """
    if "fbgemm" not in torch.backends.quantized.supported_engines:
        return False
    try:
        FbgemmProduct(torch.ones(1, 1, dtype=torch.int8), torch.ones(1))
    except (AttributeError, RuntimeError):
        return False
    return True


def has_onednn() -> bool:
    """Whether this torch has the int8 products of oneDNN."""
    return hasattr(torch.ops.onednn, "qlinear_prepack")


def has_vnni() -> bool:
    """Whether the processor has VNNI, and so adds up int8 products without an overflow."""
    return bool(torch.cpu._is_vnni_supported())


def input_blocks(inputs: int) -> list[slice]:
    """Parts of the inputs over which int8 products can be added up exactly in float32."""
    return [slice(first, first + _EXACT_INPUTS) for first in range(0, inputs, _EXACT_INPUTS)]


class TorchProduct(Int8Matmul):
    """By torch's own integer product, on a GPU. On a CPU it is oneDNN's, and wrong where that
    is.
    """

    name = "torch"

    def __init__(self, quantised: Tensor, scale: Tensor) -> None:
        self._weight, self._scale = quantised.contiguous().t(), scale

    def __call__(self, rows: Tensor) -> Tensor:
        """See `Int8Matmul`."""
        return torch._int_mm(rows.round_().to(torch.int8), self._weight) * self._scale


class FloatProduct(Int8Matmul):
    """Multiplies in float32, which every processor does rightly, a few inputs at a time so that
    every sum is exact; it takes four times the memory of int8.
    """

    name = "float32"

    def __init__(self, quantised: Tensor, scale: Tensor) -> None:
        self._weight, self._scale = quantised.float(), scale

    def __call__(self, rows: Tensor) -> Tensor:
        """See `Int8Matmul`."""
        rows = rows.round_()
        if rows.shape[1] <= _EXACT_INPUTS:
            return (rows @ self._weight.t()) * self._scale
        sums = torch.zeros(len(rows), len(self._weight), dtype=torch.int32)
        for some in input_blocks(rows.shape[1]):
            sums += (rows[:, some] @ self._weight[:, some].t()).int()
        return sums * self._scale


class OneDnnProduct(Int8Matmul):
    """Multiplies by oneDNN, with a weight in its layout. For processors with VNNI: without it, or
    where `ONEDNN_MAX_CPU_ISA` forbids it, pairs of products are added up in 16 bits and do not fit.
    """

    name = "oneDNN"
    takes_bytes = True

    def __init__(self, quantised: Tensor, scale: Tensor) -> None:
        # It reads memory from the first byte on, whatever the strides are: a transposed weight,
        # as GPT-2's are, would be read as another one.
        self._weight: Any = torch.ops.onednn.qlinear_prepack(quantised.contiguous(), None)
        self._scale = scale
        self._no_shift = torch.zeros(len(quantised), dtype=torch.int32)

    def __call__(self, rows: Tensor) -> Tensor:
        """See `Int8Matmul`."""
        # Adding 128 to a signed byte turns over its first bit.
        return self.multiply(rows.round_().to(torch.int8).view(torch.uint8).bitwise_xor_(SHIFT))

    def multiply(self, integers: Tensor) -> Tensor:
        """See `Int8Matmul`."""
        y: Tensor = torch.ops.onednn.qlinear_pointwise(
            integers,
            1.0,
            SHIFT,
            self._weight,
            self._scale,
            self._no_shift,
            None,
            1.0,
            0,
            torch.float32,
            "none",
            [],
            "",
        )
        return y


class FbgemmProduct(Int8Matmul):
    """Multiplies by FBGEMM (Khudia et al. 2021), with a weight in its layout; for few rows several
    times as quick as oneDNN. For processors with VNNI.

    Args:
        quantised: (outputs, inputs) in int8, without -128.
        scale: Scale of each output, (outputs), in float32.
        bias: Added to every row of the product, (outputs), in float32; may be -inf.
    """

    name = "FBGEMM"

    def __init__(self, quantised: Tensor, scale: Tensor, bias: Tensor | None = None) -> None:
        no_shift = torch.zeros(len(scale), dtype=torch.long)
        engine = torch.backends.quantized.engine
        torch.backends.quantized.engine = "fbgemm"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                weight = torch._make_per_channel_quantized_tensor(
                    quantised.contiguous(), scale.double(), no_shift, 0
                )
            self._weight: Any = torch.ops.quantized.linear_prepack(weight, bias)
            #: FBGEMM does not say what it takes: a byte for each weight.
            self.packed_bytes = weight.numel()
        finally:
            torch.backends.quantized.engine = engine
        # Without `op`, torch would look in each call for what only its compiler passes.
        self._multiply = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32.op

    def __call__(self, rows: Tensor) -> Tensor:
        """See `Int8Matmul`."""
        # It rounds rows itself, but after the shift, by which 17.499992 becomes 18. With VNNI they
        # are rounded before: then they are oneDNN's integers.
        y: Tensor = self._multiply(rows, 1.0, self.levels + 1, self._weight)
        return y


class PairedFbgemmProduct(FbgemmProduct):
    """Multiplies by FBGEMM without VNNI: it adds up pairs of products in 16 bits, in which there is
    room for rows of eight bits if no two neighbours of the weight are large at once.
    """

    name = "FBGEMM with pairs"
    #: The largest integer of a row, made unsigned, is 255; 255 times this is below 2**15.
    largest_pair = 128
    rounds_rows = True


class NarrowFbgemmProduct(FbgemmProduct):
    """Multiplies by FBGEMM without VNNI, with any weight: rows of seven bits never overflow what
    pairs of products are added up in.
    """

    name = "FBGEMM with 7 bits"
    levels = LARGEST // 2
    rounds_rows = True
