"""Paired verdicts, against published figures and SciPy's own table test."""

from __future__ import annotations

import pytest
from scipy.stats import binom

from schema.insights.paired import PairedCounts, mcnemar, paired_difference


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table III, method 10.
        (PairedCounts(36, 12, 2, 0), 0.0569, 0.3404),
        (PairedCounts(0, 0, 0, 30), -0.1135, 0.1135),
    ],
)
def test_the_interval_is_that_of_the_paper(counts: PairedCounts, low: float, high: float) -> None:
    # The paper has the first less the second.
    found = paired_difference(counts)
    assert (-found.high, -found.low) == pytest.approx((low, high), abs=6e-5)


def test_the_test_looks_at_what_one_alone_has_right() -> None:
    p = mcnemar(PairedCounts(both=70, only_a=3, only_b=12, neither=15))
    assert p == pytest.approx(2 * binom.cdf(3, 15, 0.5))
    assert mcnemar(PairedCounts(1, 3, 12, 900)) == pytest.approx(p)
    assert mcnemar(PairedCounts(5, 0, 0, 5)) == 1.0


def test_of_nothing_nobody_knows() -> None:
    assert tuple(paired_difference(PairedCounts(0, 0, 0, 0))) == (-1.0, 1.0)
