"""What fits no theme well, clustered apart: themes that are new."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from producer.themes.assignment import OTHER, assign
from producer.themes.clustering import compact
from producer.themes.grid import SQUARE, Grid, Ints, centres, products

#: Clauses that are looked at, at the most: their pairs are in memory, 100 MB at 5,000.
LIMIT = 5_000
#: What is this near to a theme that there is, by their centres, is a part of it and nothing new.
NOTHING_NEW = 0.86
#: Clauses of the smallest new theme.
SMALLEST = 15
#: Rows whose cosines are computed at once.
_BLOCK = 1_024


def cluster_leftovers(rows: Grid, known: Grid, least_mean: float) -> Ints:
    """New themes among rows, by average linkage; most rows are in none (`OTHER`).

    Args:
        rows: Vectors of different texts in the order of their hashes; the first `LIMIT` count.
        known: Centres of the themes that there are (themes × dimensions).
        least_mean: Cosine between two parts of a theme, in the mean.
    """
    themes = np.full(len(rows), OTHER, dtype=np.int64)
    size = min(len(rows), LIMIT)
    if size < SMALLEST:
        return themes
    tree = linkage(_distances(rows[:size]), "average")
    found = compact(fcluster(tree, 1 - least_mean, "distance").astype(np.int64), SMALLEST)
    middles = centres(rows[:size], found, int(found.max(initial=OTHER)) + 1)
    near = assign(middles, known).cosines >= NOTHING_NEW
    found[np.isin(found, np.flatnonzero(near))] = OTHER
    themes[:size] = compact(found, SMALLEST)
    return themes


def _distances(rows: Grid) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """1 - cosine of each pair, in the order that `linkage` wants."""
    size = len(rows)
    out = np.empty(size * (size - 1) // 2)
    at = 0
    for start in range(0, size, _BLOCK):
        near = products(rows[start : start + _BLOCK], rows)
        for row, cosines in enumerate(near, start):
            after = cosines[row + 1 :]
            out[at : at + len(after)] = 1 - after.astype(np.float64) / SQUARE
            at += len(after)
    return np.maximum(out, 0)
