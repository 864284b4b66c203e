"""Drivers, beside the same figures worked out plainly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_ind

from schema.insights import drivers
from schema.insights.difference import newcombe
from schema.insights.drivers import membership, rating_drivers, share_drivers


def reviews(count: int = 1_000) -> tuple[np.ndarray, np.ndarray]:
    """Theme 0 costs a star, theme 1 only comes with it, theme 2 says nothing, theme 3 is rare."""
    random = np.random.default_rng(4)
    has = random.random((count, 4)) < (0.2, 0.1, 0.3, 0.002)
    has[:, 1] |= has[:, 0] & (random.random(count) < 0.6)
    stars = np.clip(np.round(4.3 - has[:, 0] + random.normal(0, 0.8, count)), 1, 5)
    return has, stars


def test_means_and_intervals() -> None:
    has, stars = reviews()
    found = rating_drivers(has, stars)
    for theme, one in enumerate(found):
        inside, outside = stars[has[:, theme]], stars[~has[:, theme]]
        known = ttest_ind(inside, outside, equal_var=False)
        assert one.documents == len(inside)
        assert (one.with_mean, one.without_mean) == pytest.approx((inside.mean(), outside.mean()))
        assert one.interval == pytest.approx(known.confidence_interval(0.95))
        assert one.p == pytest.approx(known.pvalue)
    assert [one.shown for one in found] == [True, True, False, False]
    assert found[0].difference == pytest.approx(-1, abs=0.2)
    assert all(one.p <= one.q for one in found)


def test_given_the_others_is_a_ridge_regression() -> None:
    has, stars = reviews()
    centred = np.vstack([has - has.mean(axis=0), np.sqrt(drivers.RIDGE) * np.eye(4)])
    known = np.linalg.lstsq(centred, np.append(stars - stars.mean(), np.zeros(4)), rcond=None)[0]
    found = rating_drivers(has, stars)
    assert [one.given_others for one in found] == pytest.approx(known)
    # What only comes with another is left with little.
    assert found[1].difference < -0.3 < found[1].given_others


def test_shares_have_the_interval_of_shares() -> None:
    has, stars = reviews()
    low = stars <= 3
    one = share_drivers(has, low)[0]
    inside = has[:, 0]
    four = (low[inside].sum(), inside.sum(), low[~inside].sum(), (~inside).sum())
    assert one.interval == pytest.approx(newcombe(*map(int, four)))
    assert one.difference == pytest.approx(low[inside].mean() - low[~inside].mean())


def test_a_theme_that_nobody_has_is_not_shown() -> None:
    has = np.zeros((50, 1), dtype=bool)
    (one,) = rating_drivers(has, np.ones(50))
    assert (one.documents, one.shown, one.p) == (0, False, 1)
    with pytest.raises(ValueError, match="one number"):
        rating_drivers(has, np.ones(49))


def test_membership_is_in_the_order_of_ids() -> None:
    has = membership(3, [20, 10], [1, 2, 2, 1], [10, 20, 10, 30])
    assert (has.toarray() > 0).tolist() == [[False, False], [False, True], [True, True]]
