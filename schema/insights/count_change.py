"""How much more, or less, than before is counted in a period of the same length."""

from __future__ import annotations

from typing import NamedTuple

from schema.insights.proportion import Interval, wilson


class CountChange(NamedTuple):
    """How a count differs from the one before.

    Attributes:
        change: As a share of the one before: .2 is a fifth more.
        interval: Where it lies if each customer writes regardless of others; a campaign, which
            makes many write at once, moves more than that.
    """

    change: float
    interval: Interval


def count_change(now: int, before: int, confidence: float = 0.95) -> CountChange | None:
    """Compare two counts; None where there was nothing before, of which nothing is a share.

    Of two Poisson counts the first has a binomial share of both together (Przyborowski and
    Wilenski, 1940, “Homogeneity of results in testing samples from Poisson series”, Biometrika
    31), whose interval is Wilson's.
    """
    if not before:
        return None
    low, high = wilson(now, now + before, confidence)
    ends = (end / (1 - end) - 1 for end in (low, high))
    return CountChange(now / before - 1, Interval(*ends))
