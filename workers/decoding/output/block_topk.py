"""The largest of very many scores, found by way of the largest of each block of them.

One pass over memory, where `argmax` and `topk` of PyTorch take five times as long on a CPU.
"""

from __future__ import annotations

import torch
from torch import Tensor

#: Scores of a block. The number of scores has to be a multiple of it.
BLOCK = 64


def argmax(scores: Tensor) -> Tensor:
    """Find the index of the largest of each row of (rows, scores): (rows)."""
    blocks = scores.view(len(scores), -1, BLOCK)
    block = blocks.amax(-1).argmax(-1)
    inside = blocks[torch.arange(len(scores), device=scores.device), block].argmax(-1)
    index: Tensor = block * BLOCK + inside
    return index


def top(scores: Tensor, offsets: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor]:
    """Find the largest scores of several rows together, each row with an offset.

    Args:
        scores: (documents, rows, scores).
        offsets: Added to the scores of a row, (documents, rows).
        count: Number of scores to find for each document.

    Returns:
        For each document its `count` largest sums, largest first; the row of each; its index in
        the row: all (documents, count).
    """
    documents, rows, wide = scores.shape
    blocks = scores.view(documents, rows, wide // BLOCK, BLOCK)
    largest = blocks.amax(-1) + offsets[:, :, None]
    count_blocks = min(count, largest[0].numel())
    best = largest.flatten(1).topk(count_blocks, dim=1).indices
    row, block = best // (wide // BLOCK), best % (wide // BLOCK)
    of = torch.arange(documents, device=scores.device)[:, None]
    sums = blocks[of, row, block] + offsets.gather(1, row)[:, :, None]
    found = sums.flatten(1).topk(count, dim=1)
    which, inside = found.indices // BLOCK, found.indices % BLOCK
    return found.values, row.gather(1, which), block.gather(1, which) * BLOCK + inside
