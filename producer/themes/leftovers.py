"""What fits no theme well, clustered apart: themes that are new."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from producer.themes.assignment import OTHER
from producer.themes.clustering import compact
from producer.themes.grid import SQUARE, Grid, Ints, products

#: A clause that came after the themes were made is left over below this cosine with its centre.
LATE_BELOW = 0.75
#: The same where vectors are made of words.
WORDS_LATE_BELOW = 0.5
#: Clauses that are looked at, at the most: their pairs are in memory, 100 MB at 5,000.
LIMIT = 5_000
#: The least mean cosine between two parts of a theme.
LEAST_MEAN = 0.6
#: Clauses of the smallest new theme.
SMALLEST = 15
#: Rows whose cosines are computed at once.
_BLOCK = 1_024


def cluster_leftovers(rows: Grid) -> Ints:
    """New themes among rows, by average linkage; most rows are in none (`OTHER`).

    Args:
        rows: Vectors of different texts in the order of their hashes; the first `LIMIT` count.
    """
    themes = np.full(len(rows), OTHER, dtype=np.int64)
    size = min(len(rows), LIMIT)
    if size < SMALLEST:
        return themes
    tree = linkage(_distances(rows[:size]), "average")
    found = fcluster(tree, 1 - LEAST_MEAN, "distance").astype(np.int64)
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
