"""The interval of a mean (Student, 1908)."""

from __future__ import annotations

from math import sqrt

from scipy.special import stdtrit

from schema.insights.mean_difference import Group
from schema.insights.proportion import Interval, wilson

#: Less than this is a variance of nothing, but for rounding.
_NOTHING = 1e-9


def mean_interval(
    group: Group, ends: tuple[float, float], confidence: float = 0.95
) -> Interval | None:
    """Where the mean lies that a group of numbers is a sample of; None of fewer than two numbers,
    which say nothing of how far they spread.

    Numbers that are all the same do not say that others would be: as many may differ as Wilson's
    interval leaves of a share of 0, by all of the scale.

    Args:
        group: Its count, mean and variance.
        ends: The least and the largest number that there can be.
        confidence: How many of such intervals have the mean in them.
    """
    if group.count < 2:
        return None
    least, most = ends
    if group.variance < _NOTHING:
        others = wilson(0, group.count, confidence).high
        return Interval(
            group.mean - others * (group.mean - least), group.mean + others * (most - group.mean)
        )
    error = sqrt(group.variance / group.count)
    half = float(stdtrit(group.count - 1, (1 + confidence) / 2)) * error
    # Of two numbers the interval may be wider than the scale.
    return Interval(max(group.mean - half, least), min(group.mean + half, most))
