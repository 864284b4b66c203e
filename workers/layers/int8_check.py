"""Checks an int8 product against the plain product of integers.

A library can be wrong on a processor that its authors did not have, or by a setting of its own, and
what a model then writes is nonsense that no other check would notice.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from workers.layers.int8_kernels import LARGEST, Int8Matmul, input_blocks

#: Relative error that a product may have: its sum, its scale and their product are rounded to
#: float32, by 2**-24 each at the most.
TOLERANCE = 2.0**-22
#: Rows that a layer is tried with.
_ROWS = 4
#: Outputs of a weight that are converted at once, so that they stay near the processor.
_OUTPUTS = 1024
#: Sizes, as (outputs, inputs), and numbers of rows that a library is tried with. Libraries have
#: other code for what is left over beside their blocks, and for few rows.
_SIZES = ((1, 1), (5, 3), (33, 65), (64, 256))
_COUNTS = (1, 2, 17, 64)


@torch.inference_mode()
def is_exact(product: Int8Matmul, quantised: Tensor, scale: Tensor, rows: int = _ROWS) -> bool:
    """Whether a product of a few rows is that of the integers.

    One row has the largest integers: if the library's sums overflow anywhere, they do there.

    Args:
        product: The product with the weight that the next two describe; it may have more outputs.
        quantised: The weight, (outputs, inputs) in int8.
        scale: Scale of each output, (outputs); an output with an infinite one may be anything.
        rows: How many rows are tried.
    """
    probes = _probes(rows, quantised.shape[1], product.levels)
    expected = integer_product(probes, quantised).mul_(scale)
    error = expected.sub(product(probes)[:, : len(scale)]).abs_()
    return bool(((error <= TOLERANCE * expected.abs_()) | ~scale.isfinite()).all())


def integer_product(rows: Tensor, quantised: Tensor) -> Tensor:
    """Compute `rows @ quantised.T` without any rounding, in float64.

    Args:
        rows: (rows, inputs), integers in float32, between -127 and 127.
        quantised: (outputs, inputs) in int8.
    """
    sums = torch.zeros(len(rows), len(quantised), dtype=torch.float64)
    for first in range(0, len(quantised), _OUTPUTS):
        outputs = slice(first, first + _OUTPUTS)
        for some in input_blocks(rows.shape[1]):
            sums[:, outputs] += rows[:, some] @ quantised[outputs, some].float().t()
    return sums


@cache
def is_exact_here(kind: type[Int8Matmul]) -> bool:
    """Whether a library is exact on this machine, tried with the largest sums there are. It is
    asked once for all models: what one writes must not depend on which was loaded before it.
    """
    draw = torch.Generator().manual_seed(1)
    largest = LARGEST if kind.largest_pair is None else kind.largest_pair // 2
    try:
        for size in _SIZES:
            quantised = torch.randint(-largest, largest + 1, size, dtype=torch.int8, generator=draw)
            quantised[0], quantised[-1] = largest, -largest
            scale = torch.rand(size[0], generator=draw) + 0.1
            product = kind(quantised, scale)
            if not all(is_exact(product, quantised, scale, count) for count in _COUNTS):
                return False
    except (AttributeError, RuntimeError, TypeError):
        # Its functions are torch's own business, and may change with any version.
        return False
    return True


def _probes(rows: int, inputs: int, levels: int) -> Tensor:
    draw = torch.Generator().manual_seed(2)
    probes = torch.randint(-levels, levels + 1, (rows, inputs), generator=draw).float()
    probes[0] = levels
    return probes
