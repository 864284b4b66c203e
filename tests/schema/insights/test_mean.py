"""The interval of a mean, beside scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from schema.insights.mean import mean_interval
from schema.insights.mean_difference import Group


def test_it_is_the_interval_of_student() -> None:
    values = np.random.default_rng(3).normal(4, 1, 9)
    known = ttest_1samp(values, 0).confidence_interval(0.95)
    found = mean_interval(Group(9, float(values.mean()), float(values.var(ddof=1))))
    assert found == pytest.approx((known.low, known.high))


def test_one_number_has_none() -> None:
    assert mean_interval(Group(1, 4.0, 0.0)) is None
    assert mean_interval(Group(2, 4.0, 0.0)) == (4.0, 4.0)
