"""From packed keys and values to padded ones, by runs of like length."""

from __future__ import annotations

from torch import Tensor

from workers.layers.packing import Packing


def padded_at_once(keys_values: Tensor, packing: Packing) -> Tensor:
    """From (tokens, 2, heads, size) to (2, documents, heads, longest, size)."""
    _, both, heads, size = keys_values.shape
    documents, longest = len(packing.lengths), max(packing.lengths)
    rows = keys_values.new_zeros(documents * longest, both, heads, size)
    rows[packing.padded_places] = keys_values
    return rows.view(documents, longest, both, heads, size).permute(2, 0, 3, 1, 4).contiguous()


def padded_by_runs(keys_values: Tensor, packing: Packing) -> Tensor:
    """The same, one length after the other."""
    _, both, heads, size = keys_values.shape
    documents, longest = len(packing.lengths), max(packing.lengths)
    rows = keys_values.new_zeros(both, documents, heads, longest, size)
    first = 0
    for start, count, length in packing.runs:
        run = keys_values[start : start + count * length].view(count, length, both, heads, size)
        rows[:, first : first + count, :, :length] = run.permute(2, 0, 3, 1, 4)
        first += count
    return rows
