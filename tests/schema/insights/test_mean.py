"""The interval of a mean, beside scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from schema.insights.mean import mean_interval
from schema.insights.mean_difference import Group
from schema.insights.proportion import wilson


def test_it_is_the_interval_of_student() -> None:
    values = np.random.default_rng(3).normal(4, 1, 9)
    known = ttest_1samp(values, 0).confidence_interval(0.95)
    found = mean_interval(Group(9, float(values.mean()), float(values.var(ddof=1))), (0, 5))
    assert found == pytest.approx((known.low, known.high))


def test_it_does_not_leave_the_scale() -> None:
    assert mean_interval(Group(2, 4.5, 0.5), (0, 5)) == (0.0, 5.0)


def test_one_number_has_none() -> None:
    assert mean_interval(Group(1, 4.0, 0.0), (0, 5)) is None


def test_numbers_that_are_all_the_same_say_little_of_others() -> None:
    """So many of others may differ as Wilson's interval leaves of a share of 0."""
    for count in (2, 3, 300):
        others = wilson(0, count).high
        low, high = mean_interval(Group(count, 4.0, 0.0), (0, 5)) or (0, 0)
        assert (low, high) == pytest.approx((4 - 4 * others, 4 + others))
