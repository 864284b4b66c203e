"""Products in int8, LLM.int8() (Dettmers et al. 2022) without its outliers.

Weights are quantised once with a scale for each output, inputs with a scale for each row when they
come, both symmetric. So what a row becomes does not depend on the rows beside it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

#: Symmetric: -128 is left out.
_LARGEST = 127
#: What signed integers are moved by to make them unsigned, as oneDNN's quickest products want one
#: factor.
_SHIFT = 128


class Int8Weight:
    """A weight that multiplies rows.

    Args:
        weight: (outputs, inputs), in float32.
    """

    def __init__(self, weight: Tensor) -> None:
        scale = weight.abs().amax(dim=1).clamp(min=1e-12) / _LARGEST
        quantised = (weight / scale[:, None]).round().to(torch.int8)
        self._scale = scale
        self._packed: Any = None
        if _packs(weight):
            self._packed = torch.ops.onednn.qlinear_prepack(quantised, None)
            self._no_shift = torch.zeros(len(weight), dtype=torch.int32)
        else:
            self._weight = quantised.t()

    def product(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """(rows, inputs) in float32 to (rows, outputs): `x @ weight.T + bias`."""
        scale = x.abs().amax(dim=1, keepdim=True).clamp_(min=1e-12).div_(_LARGEST)
        quantised = (x / scale).round_().to(torch.int8)
        if self._packed is None:
            y = torch._int_mm(quantised, self._weight) * self._scale
        else:
            y = self._packed_product(quantised)
        return y.mul_(scale) if bias is None else torch.addcmul(bias, y, scale)

    def _packed_product(self, quantised: Tensor) -> Tensor:
        # Adding 128 to a signed byte turns over its first bit.
        y: Tensor = torch.ops.onednn.qlinear_pointwise(
            quantised.view(torch.uint8).bitwise_xor_(_SHIFT),
            1.0,
            _SHIFT,
            self._packed,
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


def _packs(weight: Tensor) -> bool:
    """Whether oneDNN is there, and adds up products of bytes without losing any."""
    return (
        weight.device.type == "cpu"
        and hasattr(torch.ops.onednn, "qlinear_prepack")
        and torch.cpu._is_vnni_supported()
    )
