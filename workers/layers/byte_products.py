"""Products of rows with a weight of bytes, by whatever this machine does them quickest with.

All are exact in integers, so a row's outcome does not depend on the rows beside it.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from functools import cache
from typing import Any

import torch
from torch import Tensor

#: A weight's bytes are symmetric: -128 is left out.
LARGEST = 127
#: What signed integers are moved by to make them unsigned, as both libraries want one factor.
_SHIFT = 128


class ByteProduct(ABC):
    """Multiplies rows with one weight.

    Attributes:
        levels: Largest absolute value of a row's integers.
    """

    levels: int = LARGEST

    @abstractmethod
    def __call__(self, rows: Tensor) -> Tensor:
        """Round and multiply.

        Args:
            rows: (rows, inputs) in float32, between -`levels` and `levels`.

        Returns:
            `rows.round() @ (quantised * scale).T`, (rows, outputs) in float32.
        """


def byte_product(quantised: Tensor, scale: Tensor) -> ByteProduct:
    """The quickest way there is here.

    Args:
        quantised: (outputs, inputs) in int8, without -128.
        scale: Of each output, (outputs), in float32.
    """
    if quantised.device.type == "cpu":
        if _has_vnni() and hasattr(torch.ops.onednn, "qlinear_prepack"):
            return _OneDnn(quantised, scale)
        if has_fbgemm():
            return FbgemmProduct(quantised, scale)
    return _Plain(quantised, scale)


@cache
def has_fbgemm() -> bool:
    """Whether this machine has it, and this torch still takes its weights: they come in tensors of
    quantised dtypes, which are to leave torch one day.
    """
    if "fbgemm" not in torch.backends.quantized.supported_engines:
        return False
    try:
        FbgemmProduct(torch.ones(1, 1, dtype=torch.int8), torch.ones(1))
    except (AttributeError, RuntimeError):
        return False
    return True


def _has_vnni() -> bool:
    """Whether the processor adds up products of bytes without losing any."""
    return bool(torch.cpu._is_vnni_supported())


class _Plain(ByteProduct):
    """By torch's own integer product: on every device, and slow on a CPU."""

    def __init__(self, quantised: Tensor, scale: Tensor) -> None:
        self._weight, self._scale = quantised.t(), scale

    def __call__(self, rows: Tensor) -> Tensor:
        return torch._int_mm(rows.round().to(torch.int8), self._weight) * self._scale


class _OneDnn(ByteProduct):
    """By oneDNN, with a weight that was laid out once."""

    def __init__(self, quantised: Tensor, scale: Tensor) -> None:
        self._weight: Any = torch.ops.onednn.qlinear_prepack(quantised, None)
        self._scale = scale
        self._no_shift = torch.zeros(len(quantised), dtype=torch.int32)

    def __call__(self, rows: Tensor) -> Tensor:
        # Adding 128 to a signed byte turns over its first bit.
        unsigned = rows.round().to(torch.int8).view(torch.uint8).bitwise_xor_(_SHIFT)
        y: Tensor = torch.ops.onednn.qlinear_pointwise(
            unsigned,
            1.0,
            _SHIFT,
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


class FbgemmProduct(ByteProduct):
    """By FBGEMM (Khudia et al. 2021), with a weight that was laid out once; for few rows several
    times as quick as oneDNN. It rounds the rows itself.

    Without VNNI it adds up pairs of products in 16 bits, where rows of seven bits always fit.

    Args:
        quantised: (outputs, inputs) in int8, without -128.
        scale: Of each output, (outputs), in float32.
        bias: Added to every row of the outcome, (outputs), in float32; may be -inf.
    """

    def __init__(self, quantised: Tensor, scale: Tensor, bias: Tensor | None = None) -> None:
        self.levels = LARGEST if _has_vnni() else LARGEST // 2
        self._zero = self.levels + 1
        no_shift = torch.zeros(len(scale), dtype=torch.long)
        engine = torch.backends.quantized.engine
        torch.backends.quantized.engine = "fbgemm"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                weight = torch._make_per_channel_quantized_tensor(
                    quantised, scale.double(), no_shift, 0
                )
            self._weight: Any = torch.ops.quantized.linear_prepack(weight, bias)
        finally:
            torch.backends.quantized.engine = engine

    def __call__(self, rows: Tensor) -> Tensor:
        """See `ByteProduct`."""
        y: Tensor = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
            rows, 1.0, self._zero, self._weight
        )
        return y
