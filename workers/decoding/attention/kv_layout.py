"""The layout of a KV cache: packed keys and values become padded ones."""

from __future__ import annotations

from torch import Tensor

from workers.layers.packing import Packing


def padded_at_once(keys_values: Tensor, packing: Packing) -> Tensor:
    """Pad (tokens, 2, heads, size) to (2, documents, heads, longest, size) in one indexing."""
    _, both, heads, size = keys_values.shape
    documents, longest = len(packing.lengths), max(packing.lengths)
    rows = keys_values.new_zeros(documents * longest, both, heads, size)
    rows[packing.padded_indices] = keys_values
    return rows.view(documents, longest, both, heads, size).permute(2, 0, 3, 1, 4).contiguous()


def padded_by_runs(keys_values: Tensor, packing: Packing) -> Tensor:
    """Do the same for one length after the other, which copies less on a CPU."""
    _, both, heads, size = keys_values.shape
    documents, longest = len(packing.lengths), max(packing.lengths)
    rows = keys_values.new_zeros(both, documents, heads, longest, size)
    first = 0
    for start, count, length in packing.runs:
        run = keys_values[start : start + count * length].view(count, length, both, heads, size)
        rows[:, first : first + count, :, :length] = run.permute(2, 0, 3, 1, 4)
        first += count
    return rows
