"""The graph of nearest neighbours: which clauses are close, and how close."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producer.themes.grid import SQUARE, Grid, Ints, products

#: Neighbours that each clause names.
NEIGHBOURS = 15
#: The least cosine of an edge.
LEAST_COSINE = 0.3
#: Rows whose cosines with all others are in memory at once: 80 MB at 20,000.
BLOCK = 1_024


class Edges(NamedTuple):
    """Edges of an undirected graph, each once, in order: `left < right`, and the cosine."""

    left: Ints
    right: Ints
    weight: NDArray[np.float64]


def neighbour_graph(rows: Grid, count: int = NEIGHBOURS, least: float = LEAST_COSINE) -> Edges:
    """An edge where one of two rows has the other among its `count` nearest, by exact search."""
    size = len(rows)
    count = min(count, size - 1)
    if count < 1:
        nothing = np.empty(0, dtype=np.int64)
        return Edges(nothing, nothing, np.empty(0))
    pairs, weights = [], []
    for start in range(0, size, BLOCK):
        near = products(rows[start : start + BLOCK], rows)
        own = np.arange(start, start + len(near))
        near[np.arange(len(near)), own] = -SQUARE
        # Of equally near ones it takes those that the row's values decide: the same every time.
        best = np.argpartition(near, size - count, axis=1)[:, size - count :]
        weight = np.take_along_axis(near, best, axis=1)
        close = weight >= least * SQUARE
        first = np.repeat(own, count)[close.ravel()]
        second = best[close]
        pairs.append(np.minimum(first, second) * size + np.maximum(first, second))
        weights.append(weight[close])
    keys, where = np.unique(np.concatenate(pairs), return_index=True)
    cosines = np.concatenate(weights)[where].astype(np.float64) / SQUARE
    return Edges(keys // size, keys % size, cosines)
