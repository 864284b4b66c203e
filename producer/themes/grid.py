"""Vectors on a grid of whole numbers, so that every cosine is exact.

A sum of floating-point numbers depends on its order, and a BLAS chooses the order by the shape of
a block and the number of threads. Two whole numbers up to `GRID` have products whose sum stays
under 2²⁴ for vectors of length `GRID`, and float32 holds every whole number up to there: so no
order, block or thread changes a bit, and the same texts give the same themes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
#: Components of vectors in 1/`GRID`; a row is about `GRID` long.
Grid = NDArray[np.int16]
Ints = NDArray[np.int64]

#: Steps to a length of 1. With rounding a vector of 1,024 components is up to 4,016 long, and
#: 4,016² is under 2²⁴. A cosine is off by some 0.0001 at the most.
GRID = 4_000
#: What a product of two rows is divided by to be a cosine.
SQUARE = float(GRID * GRID)
#: How far the squared length of a vector may be from 1 before it is made 1.
_LENGTH_TOLERANCE = 0.003


def to_grid(vectors: Floats) -> Grid:
    """Round vectors to the grid; rows that are not of length 1 are made so, zeros stay zeros."""
    rows = np.asarray(vectors, dtype=np.float32)
    squares = np.einsum("ij,ij->i", rows, rows)
    off = (np.abs(squares - 1) > _LENGTH_TOLERANCE) & (squares > 0)
    if off.any():
        rows = rows.copy()
        rows[off] /= np.sqrt(squares[off])[:, None]
    return np.rint(rows * GRID).astype(np.int16)


def products(left: Grid, right: Grid) -> NDArray[np.float32]:
    """Of each row of `left` with each of `right` the cosine times `SQUARE`: a whole number."""
    return left.astype(np.float32) @ right.astype(np.float32).T


def centres(rows: Grid, groups: Ints, count: int) -> Grid:
    """The mean directions of the groups 0…`count`-1; rows in a negative group belong to none."""
    sums = np.zeros((count, rows.shape[1]), dtype=np.int64)
    inside = np.flatnonzero(groups >= 0)
    order = inside[np.argsort(groups[inside], kind="stable")]
    bounds = np.searchsorted(groups[order], np.arange(count + 1))
    for group in range(count):
        members = order[bounds[group] : bounds[group + 1]]
        sums[group] = rows[members].sum(axis=0, dtype=np.int64)
    return from_sums(sums)


def from_sums(sums: Ints) -> Grid:
    """Vectors of length 1 in the directions of sums of rows; a sum of zero stays zero."""
    exact = sums.astype(np.float64)
    lengths = np.sqrt((exact * exact).sum(axis=1, keepdims=True))
    scaled = exact / np.maximum(lengths, 1.0) * GRID
    return np.asarray(np.rint(scaled), dtype=np.int16)
