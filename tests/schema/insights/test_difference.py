"""Differences of shares, beside figures that were published."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from schema.insights.difference import chance_of_difference, newcombe


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # Newcombe (1998), table II, method 10.
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
    ],
)
def test_intervals_are_those_of_the_literature(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    assert newcombe(*counts) == pytest.approx((low, high), abs=5e-5)


def test_an_empty_group_says_nothing() -> None:
    assert newcombe(0, 0, 3, 5) == (-1, 1)
    assert chance_of_difference(3, 5, 0, 0) == 1
    with pytest.raises(ValueError, match="is no share"):
        newcombe(3, 2, 1, 2)


def test_chance_is_that_of_pearson() -> None:
    for a, n, b, m in ((56, 70, 48, 80), (3, 400, 12, 380), (5, 56, 0, 29)):
        known = chi2_contingency([[a, n - a], [b, m - b]], correction=False).pvalue
        assert chance_of_difference(a, n, b, m) == pytest.approx(known)
    assert chance_of_difference(0, 5, 0, 9) == 1


def test_it_covers_small_shares() -> None:
    random = np.random.default_rng(3)
    covers = 0
    for a, b in zip(
        random.binomial(60, 0.05, 2_000), random.binomial(200, 0.02, 2_000), strict=True
    ):
        low, high = newcombe(int(a), 60, int(b), 200)
        covers += low <= 0.03 <= high
    assert 0.93 <= covers / 2_000 <= 0.98
