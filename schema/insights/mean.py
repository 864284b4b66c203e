"""The interval of a mean (Student, 1908)."""

from __future__ import annotations

from math import sqrt

from scipy.special import stdtrit

from schema.insights.mean_difference import Group
from schema.insights.proportion import Interval


def mean_interval(group: Group, confidence: float = 0.95) -> Interval | None:
    """Where the mean lies that a group of numbers is a sample of; None of fewer than two numbers,
    which say nothing of how far they spread.

    Args:
        group: Its count, mean and variance.
        confidence: How many of such intervals have the mean in them.
    """
    if group.count < 2:
        return None
    error = sqrt(group.variance / group.count)
    half = float(stdtrit(group.count - 1, (1 + confidence) / 2)) * error
    return Interval(group.mean - half, group.mean + half)
