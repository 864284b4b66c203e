"""How well found groups and hidden labels agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def table_of(labels: Sequence[Any] | Numbers, groups: Numbers) -> NDArray[np.float64]:
    """How many rows have each label (rows) in each group (columns)."""
    _, left = np.unique(np.asarray(labels), return_inverse=True)
    _, right = np.unique(groups, return_inverse=True)
    table = np.zeros((left.max() + 1, right.max() + 1))
    np.add.at(table, (left, right), 1)
    return table


def adjusted_rand(labels: Sequence[Any] | Numbers, groups: Numbers) -> float:
    """The adjusted Rand index (Hubert and Arabie, 1985): 0 by chance, 1 where they are the same."""
    table = table_of(labels, groups)
    pairs = lambda counts: float((counts * (counts - 1) / 2).sum())  # noqa: E731
    both, left, right = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    everything = pairs(np.array([table.sum()]))
    chance = left * right / everything
    most = (left + right) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)


def normalized_information(labels: Sequence[Any] | Numbers, groups: Numbers) -> float:
    """Mutual information by the mean of both entropies (NMI)."""
    shares = table_of(labels, groups)
    shares /= shares.sum()
    left, right = shares.sum(axis=1), shares.sum(axis=0)
    inside = shares > 0
    mutual = float((shares[inside] * np.log(shares[inside] / np.outer(left, right)[inside])).sum())
    mean = -float((left * np.log(left)).sum() + (right * np.log(right)).sum()) / 2
    return mutual / mean if mean else 1.0


def purity(labels: Sequence[Any] | Numbers, groups: Numbers) -> float:
    """The share of rows in groups that have the label of most in their group."""
    inside = groups >= 0
    table = table_of(np.asarray(labels)[inside], groups[inside])
    return float(table.max(axis=0).sum() / table.sum())
