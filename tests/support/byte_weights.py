"""Weights of bytes as models have them in memory, and rows that bring their sums to the limit."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from workers.layers.int8_check import is_exact_here
from workers.layers.int8_kernels import FloatProduct, Int8Matmul
from workers.layers.int8_matmul import cpu_kinds

#: The same bytes, otherwise laid out.
LAYOUTS: dict[str, Callable[[Tensor], Tensor]] = {
    "row by row": lambda weight: weight,
    "transposed": lambda weight: weight.t().clone(memory_format=torch.contiguous_format).t(),
    "every second": lambda weight: weight.repeat_interleave(2, dim=1)[:, ::2],
    "columns of a wider one": lambda weight: torch.cat([-weight, weight], 1)[:, weight.shape[1] :],
    "rows of a longer one": lambda weight: torch.cat([-weight, weight])[len(weight) :],
    "one row for all": lambda weight: weight[-1:].expand(len(weight), -1),
}


def weights(outputs: int, inputs: int) -> Tensor:
    """Random bytes; the first output has the largest ones, the last the smallest."""
    draw = torch.Generator().manual_seed(1)
    bytes_ = torch.randint(-127, 128, (outputs, inputs), dtype=torch.int8, generator=draw)
    bytes_[0], bytes_[-1] = 127, -127
    return bytes_


def rows_of(levels: int, count: int, inputs: int) -> Tensor:
    """Random integers; the first row has the largest ones, the last the smallest."""
    draw = torch.Generator().manual_seed(2)
    rows = torch.randint(-levels, levels + 1, (count, inputs), generator=draw).float()
    # The largest sums there are: pairs of products of one sign.
    rows[:1], rows[1:][-1:] = levels, -levels
    return rows


def sound_kinds() -> list[type[Int8Matmul]]:
    """All that this process can rely on with any weight, the quickest first: not oneDNN where
    `ONEDNN_MAX_CPU_ISA` keeps it from VNNI.
    """
    kinds = [kind for kind in cpu_kinds(few_rows=True) if kind.largest_pair is None]
    return [*filter(is_exact_here, kinds), FloatProduct]
