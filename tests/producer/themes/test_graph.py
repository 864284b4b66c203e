"""The nearest neighbours are those of an exhaustive search; of equally near ones the first."""

from __future__ import annotations

import numpy as np
import pytest

from producer.themes.graph import SLICES, neighbour_graph
from producer.themes.grid import SQUARE, Grid, to_grid


def exhaustive(rows: Grid, count: int, least: float) -> dict[tuple[int, int], float]:
    near = rows.astype(np.int64) @ rows.astype(np.int64).T
    found = {}
    for row, values in enumerate(near):
        others = [other for other in range(len(rows)) if other != row]
        for other in sorted(others, key=lambda other: (-values[other], other))[:count]:
            if values[other] >= least * SQUARE:
                found[min(row, other), max(row, other)] = values[other] / SQUARE
    return found


@pytest.mark.parametrize("size", [2, 9, 40, SLICES + 100, 2 * SLICES + 7])
def test_neighbours_are_those_of_an_exhaustive_search(size: int) -> None:
    random = np.random.default_rng(size)
    rows = to_grid(random.normal(size=(size, 6)))
    # Copies, so that many are equally near.
    rows[size // 2 :] = rows[: size - size // 2]
    edges = neighbour_graph(rows, 15, 0.3)
    found = zip(edges.left.tolist(), edges.right.tolist(), edges.weight.tolist(), strict=True)
    assert {(left, right): weight for left, right, weight in found} == exhaustive(rows, 15, 0.3)
    assert np.all(edges.left < edges.right)
