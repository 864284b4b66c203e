"""The difference of two means: its interval and its p (Welch, 1947)."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt
from typing import NamedTuple

from scipy.special import stdtr, stdtrit

from schema.insights.proportion import Interval


@dataclass(frozen=True, slots=True)
class Group:
    """What is known of a group of numbers.

    Attributes:
        count: How many there are.
        mean: Their mean; of no numbers anything.
        variance: Their variance, with `count - 1` below the line; 0 where there is one number.
    """

    count: int
    mean: float
    variance: float

    @classmethod
    def of_sums(cls, count: float, total: float, squares: float) -> Group:
        """Of numbers of which only their count, their sum and the sum of their squares are known,
        which a database has added up.
        """
        if count < 1:
            return cls(0, nan, 0.0)
        variance = (squares - total * total / count) / (count - 1) if count > 1 else 0.0
        # Rounding may leave a hair less than nothing.
        return cls(int(count), float(total / count), max(0.0, float(variance)))


class MeanDifference(NamedTuple):
    """How far the mean of one group is above that of another.

    Attributes:
        difference: Mean a less mean b; NaN where a group is empty.
        interval: Where it lies; from -∞ to ∞ where a group has fewer than two numbers.
        p: How often chance alone makes it as large, either way; 1 where nobody can tell.
    """

    difference: float
    interval: Interval
    p: float


def welch(a: Group, b: Group, confidence: float = 0.95) -> MeanDifference:
    """Compare two means without taking their spreads for equal.

    Welch (1947), “The generalization of 'Student's' problem”, Biometrika 34, with the degrees of
    freedom of Satterthwaite.
    """
    if not (a.count and b.count):
        return MeanDifference(nan, Interval(-float("inf"), float("inf")), 1.0)
    difference = a.mean - b.mean
    if a.count < 2 or b.count < 2:
        return MeanDifference(difference, Interval(-float("inf"), float("inf")), 1.0)
    part_a, part_b = a.variance / a.count, b.variance / b.count
    error = sqrt(part_a + part_b)
    if not error:
        return MeanDifference(difference, Interval(difference, difference), float(not difference))
    freedom = (part_a + part_b) ** 2 / (part_a**2 / (a.count - 1) + part_b**2 / (b.count - 1))
    half = float(stdtrit(freedom, (1 + confidence) / 2)) * error
    p = 2 * float(stdtr(freedom, -abs(difference) / error))
    return MeanDifference(difference, Interval(difference - half, difference + half), p)
