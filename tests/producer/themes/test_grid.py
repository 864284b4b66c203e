"""Cosines are the same whatever the order, the block and the number of threads."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from producer.themes.grid import GRID, SQUARE, centres, products, to_grid


def unit(count: int, dimensions: int, seed: int = 0) -> NDArray[np.float16]:
    rows = np.random.default_rng(seed).normal(size=(count, dimensions))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float16)


@pytest.mark.parametrize("dimensions", [3, 384, 1024])
def test_products_are_whole_numbers_and_exact(dimensions: int) -> None:
    rows = to_grid(unit(40, dimensions))
    exact = rows.astype(np.int64) @ rows.astype(np.int64).T
    assert np.array_equal(products(rows, rows).astype(np.int64), exact)
    order = np.random.default_rng(1).permutation(dimensions)
    assert np.array_equal(products(rows[:, order], rows[:, order]), products(rows, rows))
    assert np.array_equal(products(rows[7:8], rows), products(rows, rows)[7:8])
    # float32 holds every whole number up to here.
    assert exact.max() < 2**24


def test_a_cosine_is_nearly_what_it_was() -> None:
    rows = unit(50, 384)
    wide = rows.astype(np.float64)
    assert np.abs(products(to_grid(rows), to_grid(rows)) / SQUARE - wide @ wide.T).max() < 1e-3


def test_rows_that_are_not_of_length_one_are_made_so() -> None:
    rows = unit(3, 8).astype(np.float32)
    rows[1] *= 5
    rows[2] = 0
    grid = to_grid(rows)
    assert np.abs(np.linalg.norm(grid[:2].astype(float), axis=1) - GRID).max() < 4
    assert not grid[2].any()


def test_centres_are_mean_directions() -> None:
    rows = to_grid(np.eye(4, dtype=np.float16)[[0, 1, 2, 2]])
    found = centres(rows, np.array([0, 0, 2, -1]), 3)
    assert np.abs(found[0] / GRID - [0.5**0.5, 0.5**0.5, 0, 0]).max() < 1e-3
    assert not found[1].any()
    assert found[2].tolist() == [0, 0, GRID, 0]
