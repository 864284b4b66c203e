"""A linear layer whose weights are in the layout of the precision and the processor at hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from schema.catalog import Precision
from workers.errors import UnsupportedModelError
from workers.layers.quantization import Int8Weight

#: Dtypes of tensors between layers; int8 is a matter inside the linear layers only.
DTYPES: dict[Precision, torch.dtype] = {
    "fp32": torch.float32,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
    "int8": torch.float32,
}

#: Functions that may follow a linear layer, by the names that configurations use, as (function,
#: oneDNN's name of it, oneDNN's variant of it).
_ACTIVATIONS: dict[str, tuple[Callable[[Tensor], Tensor], str, str]] = {
    "gelu": (functional.gelu, "gelu", "none"),
    "gelu_python": (functional.gelu, "gelu", "none"),
    "gelu_new": (lambda x: functional.gelu(x, approximate="tanh"), "gelu", "tanh"),
    "gelu_pytorch_tanh": (lambda x: functional.gelu(x, approximate="tanh"), "gelu", "tanh"),
    "relu": (functional.relu, "relu", ""),
    "silu": (functional.silu, "swish", ""),
    "swish": (functional.silu, "swish", ""),
}

#: Dtypes of 16 bits.
HALF = (DTYPES["bf16"], DTYPES["fp16"])

#: Rows that oneDNN is told to expect; it lays weights out the same for any number beyond a few.
_USUAL_ROWS = 64


class Linear:
    """Computes `activation(x @ weight.T + bias)`.

    On a CPU, fp32 and bf16 weights are reordered into oneDNN's blocked layout, which `torch.nn`
    does anew in every call, and the activation is fused (the inductor's `_linear_pointwise`). On a
    GPU, GELU is fused in bf16, and that with tanh in fp16 too.

    Args:
        weight: (outputs, inputs), of any floating dtype.
        bias: (outputs), or None.
        precision: The precision to compute in.
        activation: Name of a function from `transformers.activations`, or None.
        few_rows: Whether it mostly gets few rows at once, as in a step of a decoder.

    Raises:
        UnsupportedModelError: If there is no such function here.
    """

    def __init__(
        self,
        weight: Tensor,
        bias: Tensor | None,
        precision: Precision,
        activation: str | None = None,
        *,
        few_rows: bool = False,
    ) -> None:
        if activation is not None and activation not in _ACTIVATIONS:
            raise UnsupportedModelError(f"activation {activation!r}")
        self._function: Callable[[Tensor], Tensor] | None
        self._function, self._fused, self._variant = (
            _ACTIVATIONS[activation] if activation else (None, "none", "")
        )
        dtype = DTYPES[precision]
        weight = weight.detach().to(dtype)
        self._bias = None if bias is None else bias.detach().to(dtype)
        # Not a method of this object: a circle would keep the weights until it is searched for.
        self._call: Callable[[Linear, Tensor], Tensor]
        if precision == "int8":
            self._weight: Any = Int8Weight(weight, self._bias, few_rows=few_rows)
            self._call = Linear._int8
        elif prepacks(weight):
            self._weight = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous(), _USUAL_ROWS)
            self._call = Linear._prepacked
        else:
            self._weight = weight.contiguous()
            self._call = Linear._fused_on_gpu if self._fuses_on_gpu() else Linear._plain

    def __call__(self, x: Tensor) -> Tensor:
        """Apply the layer.

        Args:
            x: (…, inputs), of `DTYPES[precision]`.

        Returns:
            (…, outputs), of the same dtype.
        """
        return self._call(self, x)

    def _plain(self, x: Tensor) -> Tensor:
        y = functional.linear(x, self._weight, self._bias)
        return self._function(y) if self._function else y

    def _fuses_on_gpu(self) -> bool:
        """Whether cuBLASLt's product can apply the activation itself: GELU with tanh, which is off
        from that with erf by 0.0005 at the most. In bf16 the root mean square of the error is
        smaller by a third all the same: it rounds once, not twice.
        """
        if not self._weight.is_cuda or self._bias is None or self._fused != "gelu":
            return False
        dtype = self._weight.dtype
        return dtype == DTYPES["bf16"] or dtype in HALF and self._variant == "tanh"

    def _fused_on_gpu(self, x: Tensor) -> Tensor:
        rows = x.reshape(-1, x.shape[-1])
        bias: Any = self._bias
        y = torch._addmm_activation(bias, rows, self._weight.t(), use_gelu=True)
        return y.view(*x.shape[:-1], -1)

    def _prepacked(self, x: Tensor) -> Tensor:
        y: Tensor = torch.ops.mkldnn._linear_pointwise(
            x, self._weight, self._bias, self._fused, [], self._variant
        )
        return y

    def _int8(self, x: Tensor) -> Tensor:
        flat = x if x.dim() == 2 else x.reshape(-1, x.shape[-1])
        y = self._weight.product(flat)
        y = self._function(y) if self._function else y
        return y if flat is x else y.view(*x.shape[:-1], y.shape[-1])


def prepacks(weight: Tensor) -> bool:
    """Whether oneDNN is there and quick with the weight's dtype."""
    if weight.device.type != "cpu" or not hasattr(torch.ops.mkldnn, "_reorder_linear_weight"):
        return False
    if weight.dtype == torch.bfloat16:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return weight.dtype == torch.float32


def joined(*layers: torch.nn.Linear) -> tuple[Tensor, Tensor | None]:
    """Join weights and biases of layers that share their input, so that their outputs stand in a
    row.

    A missing bias counts as 0 where another has one.
    """
    weight = torch.cat([layer.weight.detach() for layer in layers])
    if all(layer.bias is None for layer in layers):
        return weight, None
    biases = [
        torch.zeros_like(layer.weight[:, 0]) if layer.bias is None else layer.bias.detach()
        for layer in layers
    ]
    return weight, torch.cat(biases)
