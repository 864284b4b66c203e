"""Figures stay where they can be."""

from __future__ import annotations

from schema.insights import Interval
from schema.questions.figures import Mean


def test_the_interval_of_two_ratings_does_not_leave_the_scale() -> None:
    far_apart = Mean.of_sums(2, 6.0, 26.0)
    assert (far_apart.mean, far_apart.interval) == (3.0, Interval(0.0, 5.0))


def test_an_interval_within_the_scale_is_as_it_was() -> None:
    many = Mean.of_sums(100, 300.0, 1_000.0)
    assert many.interval is not None
    assert 2.7 < many.interval.low < 3.0 < many.interval.high < 3.3


def test_of_one_rating_nobody_can_tell() -> None:
    assert Mean.of_sums(1, 4.0, 16.0).interval is None
