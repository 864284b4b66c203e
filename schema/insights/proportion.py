"""The interval of a share that was counted in a sample (Wilson, 1927)."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple


class Interval(NamedTuple):
    """Where a figure lies; of a share both ends are in 0…1."""

    low: float
    high: float


def wilson(count: int, total: int, confidence: float = 0.95) -> Interval:
    """The interval in which the share lies that `count` of `total` is a sample of.

    Args:
        count: How many have the property.
        total: How many were looked at; with none the interval is all of 0…1.
        confidence: How many of such intervals have the share in them.

    Raises:
        ValueError: If `count` is not in 0…`total`.
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is no share")
    if not total:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, spread = count / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / total + spread / (4 * total)) / (1 + spread)
    # At the ends rounding would leave a share of 0 or 1 just outside.
    low = 0.0 if not count else middle - half
    return Interval(low, 1.0 if count == total else middle + half)
