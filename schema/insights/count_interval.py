"""Where the mean of a count lies."""

from __future__ import annotations

from schema.insights.proportion import Interval


def count_interval(count: int, confidence: float = 0.95) -> Interval:
    """The exact interval of a Poisson count (Garwood, 1936, “Fiducial limits for the Poisson
    distribution”, Biometrika 28): where its mean lies, `confidence` of all times.
    """
    from scipy.special import chdtri

    tail = (1 - confidence) / 2
    low = float(chdtri(2 * count, 1 - tail)) / 2 if count else 0.0
    return Interval(low, float(chdtri(2 * (count + 1), tail)) / 2)
