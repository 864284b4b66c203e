"""The difference of two shares: its interval (Newcombe, 1998), and whether it may be chance."""

from __future__ import annotations

from math import erfc, sqrt

from schema.insights.proportion import Interval, wilson


def newcombe(
    hits_a: int, total_a: int, hits_b: int, total_b: int, confidence: float = 0.95
) -> Interval:
    """The interval in which share a less share b lies: Newcombe's hybrid of two Wilson intervals.

    Newcombe (1998), “Interval estimation for the difference between independent proportions”,
    Statistics in Medicine 17, method 10. It holds for small counts, where “± 2 standard errors”
    does not.

    Args:
        hits_a: How many of the first group have the property.
        total_a: How many of the first group were looked at.
        hits_b: How many of the second group have it.
        total_b: How many of the second group were looked at.
        confidence: How many of such intervals have the difference in them.

    Returns:
        Both ends in -1…1; all of it where a group is empty.

    Raises:
        ValueError: If there are more hits than members.
    """
    a, b = wilson(hits_a, total_a, confidence), wilson(hits_b, total_b, confidence)
    if not (total_a and total_b):
        return Interval(-1.0, 1.0)
    share_a, share_b = hits_a / total_a, hits_b / total_b
    down = sqrt((share_a - a.low) ** 2 + (b.high - share_b) ** 2)
    up = sqrt((a.high - share_a) ** 2 + (share_b - b.low) ** 2)
    return Interval(share_a - share_b - down, share_a - share_b + up)


def chance_of_difference(hits_a: int, total_a: int, hits_b: int, total_b: int) -> float:
    """How often chance alone makes two shares differ by as much: the two-sided p of the score test
    (pooled z, which is Pearson's χ² of the four counts). 1 where nothing can differ.
    """
    if not (total_a and total_b):
        return 1.0
    pooled = (hits_a + hits_b) / (total_a + total_b)
    spread = pooled * (1 - pooled) * (1 / total_a + 1 / total_b)
    if spread <= 0:
        return 1.0
    return erfc(abs(hits_a / total_a - hits_b / total_b) / sqrt(2 * spread))
