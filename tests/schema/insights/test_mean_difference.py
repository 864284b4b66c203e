"""Differences of means, beside scipy's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import ttest_ind

from schema.insights.mean_difference import Group, welch


def group(values: np.ndarray) -> Group:
    return Group(len(values), float(values.mean()), float(values.var(ddof=1)))


def test_it_is_the_test_of_welch() -> None:
    random = np.random.default_rng(0)
    a, b = random.normal(3, 1, 12), random.normal(4, 3, 40)
    known = ttest_ind(a, b, equal_var=False)
    found = welch(group(a), group(b))
    assert found.difference == pytest.approx(a.mean() - b.mean())
    assert found.p == pytest.approx(known.pvalue)
    assert found.interval == pytest.approx(known.confidence_interval(0.95))


def test_what_nobody_can_tell() -> None:
    some = Group(9, 2.0, 1.0)
    assert math.isnan(welch(some, Group(0, math.nan, 0.0)).difference)
    one = welch(some, Group(1, 5.0, 0.0))
    assert (one.difference, one.p) == (-3.0, 1.0)
    assert one.interval == (-math.inf, math.inf)


def test_all_alike_have_no_spread() -> None:
    assert welch(Group(3, 5.0, 0.0), Group(4, 4.0, 0.0)) == (1.0, (1.0, 1.0), 0.0)
    assert welch(Group(3, 5.0, 0.0), Group(4, 5.0, 0.0)).p == 1


def test_sums_of_a_database_are_enough() -> None:
    values = np.array([1.0, 4.0, 5.0, 5.0])
    made = Group.of_sums(4, float(values.sum()), float((values * values).sum()))
    assert made.count == 4 and made.mean == pytest.approx(3.75)
    assert made.variance == pytest.approx(values.var(ddof=1))
    assert Group.of_sums(1, 4.0, 16.0) == Group(1, 4.0, 0.0)
    assert Group.of_sums(0, 0.0, 0.0).count == 0
