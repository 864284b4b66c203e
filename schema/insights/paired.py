"""Two verdicts on each of the same things: whether one is right more often than the other."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from schema.insights.proportion import Interval, wilson


@dataclass(frozen=True, slots=True)
class PairedCounts:
    """How often both of two are right, one alone, or none, of the same things."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def total(self) -> int:
        """Of how many things."""
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def right_a(self) -> int:
        """How often the first is right."""
        return self.both + self.only_a

    @property
    def right_b(self) -> int:
        """How often the second is right."""
        return self.both + self.only_b


def mcnemar(counts: PairedCounts) -> float:
    """How often chance alone makes two differ by as much or more, if both are right equally often:
    the exact two-sided test of McNemar (1947), which looks at what only one of them has right.
    """
    # It takes half a second to load, which no other command should wait for.
    from scipy.stats import binomtest

    differing = counts.only_a + counts.only_b
    return float(binomtest(counts.only_b, differing, 0.5).pvalue) if differing else 1.0


def paired_difference(counts: PairedCounts, confidence: float = 0.95) -> Interval:
    """The interval in which the share of B less that of A lies.

    Newcombe (1998), “Improved confidence intervals for the difference between binomial proportions
    based on paired data”, Statistics in Medicine 17, method 10: of Wilson intervals, and of how the
    two go together.

    Returns:
        Both ends in -1…1; all of it where nothing was looked at.
    """
    total = counts.total
    if not total:
        return Interval(-1.0, 1.0)
    share_a, share_b = counts.right_a / total, counts.right_b / total
    a, b = (wilson(right, total, confidence) for right in (counts.right_a, counts.right_b))
    together = _correlation(counts)
    down = (share_b - b.low, a.high - share_a)
    up = (b.high - share_b, share_a - a.low)
    low, high = (
        sqrt(max(0.0, one * one - 2 * together * one * other + other * other))
        for one, other in (down, up)
    )
    difference = share_b - share_a
    return Interval(max(-1.0, difference - low), min(1.0, difference + high))


def _correlation(counts: PairedCounts) -> float:
    """Of the two verdicts, φ; less by a correction for few counts where it is above 0."""
    a, b, total = counts.right_a, counts.right_b, counts.total
    margins = a * (total - a) * b * (total - b)
    if not margins:
        return 0.0
    product = counts.both * counts.neither - counts.only_a * counts.only_b
    corrected = max(product - total / 2, 0.0) if product > 0 else product
    return corrected / sqrt(margins)
