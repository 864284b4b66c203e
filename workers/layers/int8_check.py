"""Holds a product of bytes to the plain product of integers.

A library can be wrong on a processor that its authors did not have, or by a setting of its own, and
what a model then writes is nonsense that nothing else would tell from text.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from workers.layers.int8_kernels import LARGEST, Int8Matmul, input_blocks

#: Part of a product by which it may differ: its sum, its scale and their product are rounded to
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
    """Whether a product is that of its bytes, seen with a few rows.

    One row is of the largest integers: if pairs of products are too large anywhere for whoever adds
    them up, then there.

    Args:
        product: Of the other two; outputs that it has beyond theirs do not matter.
        quantised: See `Int8Matmul`.
        scale: See `Int8Matmul`; an output whose scale is none may be anything.
        rows: How many.
    """
    probes = _probes(rows, quantised.shape[1], product.levels)
    expected = integer_product(probes, quantised).mul_(scale)
    error = expected.sub(product(probes)[:, : len(scale)]).abs_()
    return bool(((error <= TOLERANCE * expected.abs_()) | ~scale.isfinite()).all())


def integer_product(rows: Tensor, quantised: Tensor) -> Tensor:
    """`rows @ quantised.T` without any rounding, in float64.

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
    """Whether a library is exact on this machine, with the largest sums there are: the same for all
    models, so that what one writes does not depend on which was loaded before.
    """
    draw = torch.Generator().manual_seed(1)
    try:
        for size in _SIZES:
            quantised = torch.randint(-LARGEST, LARGEST + 1, size, dtype=torch.int8, generator=draw)
            quantised[0], quantised[-1] = LARGEST, -LARGEST
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
