"""The physical limit: how fast this machine multiplies matrices at each precision."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from statistics import median

import torch
from torch import Tensor

from schema.catalog import Precision
from workers.layers.int8_matmul import byte_product
from workers.layers.linear import DTYPES, prepacks
from workers.models.precision import has_bf16

_REPEATS = 5


class Peak:
    """Measured again and again between what is held against it; the median counts.

    Args:
        device: `cpu` or `cuda:0`.
        size: Rows and columns of the matrices.
    """

    def __init__(self, device: str, size: int = 0) -> None:
        self._device = device
        self._size = size or (8192 if device.startswith("cuda") else 2048)
        self._seen: dict[Precision, list[float]] = defaultdict(list)
        self._products = self._kinds()

    def _kinds(self) -> list[tuple[Precision, Callable[[], Tensor]]]:
        size, device = self._size, self._device
        kinds: list[tuple[Precision, Callable[[], Tensor]]] = []
        floats: list[Precision] = ["fp32"]
        if has_bf16(torch.device(device)):
            floats.append("bf16")
        for precision in floats:
            a = torch.randn(size, size, device=device).to(DTYPES[precision])
            b = torch.randn(size, size, device=device).to(DTYPES[precision])
            kinds.append((precision, lambda a=a, b=b: a @ b))  # type: ignore[misc]
            if prepacks(b):
                packed = torch.ops.mkldnn._reorder_linear_weight(b, size)
                kinds.append((precision, _prepacked(a, packed)))
        b8 = torch.randint(-127, 127, (size, size), dtype=torch.int8, device=device)
        product = byte_product(b8, torch.ones(size, device=device))
        a8 = torch.randint(-product.levels, product.levels, (size, size), device=device).float()
        kinds.append(("int8", lambda: product(a8)))
        return kinds

    @torch.inference_mode()
    def measure(self) -> None:
        """Take one more sample of each precision: of each way its best, of the ways the best."""
        best: dict[Precision, float] = {}
        for precision, product in self._products:
            product()
            seconds = min(self._seconds(product) for _ in range(_REPEATS))
            best[precision] = max(best.get(precision, 0.0), 2 * self._size**3 / seconds)
        for precision, operations in best.items():
            self._seen[precision].append(operations)

    def _seconds(self, product: Callable[[], Tensor]) -> float:
        self._finish()
        began = time.perf_counter()
        product()
        self._finish()
        return time.perf_counter() - began

    def _finish(self) -> None:
        if self._device.startswith("cuda"):
            torch.cuda.synchronize()

    def operations(self, precision: Precision) -> float:
        """Operations a second."""
        return median(self._seen["bf16" if precision == "fp16" else precision])

    def limits(self) -> dict[str, float]:
        """Operations a second by precision, of those that this machine has."""
        return {precision: self.operations(precision) for precision in self._seen}


def _prepacked(a: Tensor, packed: Tensor) -> Callable[[], Tensor]:
    def product() -> Tensor:
        y: Tensor = torch.ops.mkldnn._linear_pointwise(a, packed, None, "none", [], "")
        return y

    return product
