"""The theme of a clause: the nearest centre, or `OTHER` where none is near enough."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producer.themes.grid import SQUARE, Grid, Ints, products

#: What belongs to no theme.
OTHER = -1
#: The least cosine with its centre that a clause of a theme has.
FLOOR = 0.45
#: The same where vectors are made of words, which texts share fewer of.
WORDS_FLOOR = 0.25
#: Rows that are compared with all centres at once.
BLOCK = 16_384


class Assignment(NamedTuple):
    """For each row its nearest centre, or `OTHER`, and the cosine with it in either case."""

    themes: Ints
    cosines: NDArray[np.float64]


def assign(rows: Grid, centres: Grid, floor: float = FLOOR) -> Assignment:
    """Find the nearest centre of every row; of equally near ones the first."""
    themes = np.full(len(rows), OTHER, dtype=np.int64)
    cosines = np.zeros(len(rows))
    if not len(centres):
        return Assignment(themes, cosines)
    for start in range(0, len(rows), BLOCK):
        near = products(rows[start : start + BLOCK], centres)
        best = near.argmax(axis=1)
        cosine = near[np.arange(len(best)), best].astype(np.float64) / SQUARE
        themes[start : start + BLOCK] = np.where(cosine >= floor, best, OTHER)
        cosines[start : start + BLOCK] = cosine
    return Assignment(themes, cosines)
