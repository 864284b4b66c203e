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
#: Slices of a row of cosines, of which the largest value of each is looked for; more than
#: `NEIGHBOURS`, so that these bound the nearest ones.
SLICES = 512
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
        left, second, weight = _nearest(near, count, least * SQUARE)
        first = own[left]
        pairs.append(np.minimum(first, second) * size + np.maximum(first, second))
        weights.append(weight)
    keys, where = np.unique(np.concatenate(pairs), return_index=True)
    cosines = np.concatenate(weights)[where].astype(np.float64) / SQUARE
    return Edges(keys // size, keys % size, cosines)


def _nearest(
    near: NDArray[np.float32], count: int, least: float
) -> tuple[Ints, Ints, NDArray[np.float32]]:
    """The `count` largest values of each row that are `least` or more: rows, columns and values. Of
    equal ones the first in the row.

    The largest values of slices bound what can be among them: to look for these and compare all
    others with the least of them takes a tenth of the time that partitioning whole rows does.
    """
    slices = near.shape[1] // SLICES
    if slices > 0 and count <= SLICES:
        peaks = near[:, : slices * SLICES].reshape(len(near), slices, SLICES).max(axis=1)
    else:
        peaks = near
    bound = np.partition(peaks, peaks.shape[1] - count, axis=1)[:, peaks.shape[1] - count]
    rows, columns = np.nonzero(near >= np.maximum(bound, least)[:, None])
    values = near[rows, columns]
    order = np.lexsort((columns, -values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    chosen = place < count
    return rows[chosen], columns[chosen], values[chosen]
