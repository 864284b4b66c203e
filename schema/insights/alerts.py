"""Which counts of a week are more than their own past lets expect, of many that are watched at
once: themes, products, anything that is counted by week.

The chance of a count as high or higher is that of a negative binomial distribution around the rate
of the past weeks (Noufaily et al., 2013, “An improved algorithm for outbreak detection in multiple
surveillance systems”, Statistics in Medicine 32, use one as well). It is asked of the week alone,
and of it with the two before, which finds what rises slowly; the two are combined as Liu and Xie
have it (2020, “Cauchy combination test”, Journal of the American Statistical Association 115), and
Benjamini–Hochberg over all that are watched keeps false alarms few. Measured by
`python -m benchmarks.alerts`: docs/insight.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

from schema.insights.false_discovery import benjamini_hochberg

#: Past weeks that say what is usual, at the most, …
WINDOW = 16
#: … and at least: with fewer nothing is said.
MIN_WEEKS = 8
#: Weeks before the one that is looked at which are left out, since a rise may have begun in them.
GAP = 2
#: Weeks whose sum is looked at, the newest included.
SPANS = (1, 3)
#: Documents that a week needs before anybody is called.
MIN_DOCUMENTS = 5
#: A past week counts at most this many times its usual count, so that an old alarm does not hide a
#: new one, …
CAP = 2.0
#: … but may always have this many documents: of small counts a few more are usual.
CAP_DOCUMENTS = 4
#: Weeks that the spread of all counts weighs beside the weeks of one: a spread that is estimated
#: from 16 weeks alone is too small as often as too large.
POOL = 8.0
#: How far the usual count itself moves with the season, as a share of it: a standard deviation.
#: Without it every large theme rings in its season.
DRIFT = 0.08
#: q up to which an alarm rings, …
RING = 0.05
#: … and up to which it is worth a look.
WATCH = 0.10


@dataclass(frozen=True)
class Alerts:
    """What is said of a week's counts; an array each, with one number a theme.

    Attributes:
        expected: The count that the past lets expect, given the week's volume.
        p: How often a count as high or higher comes by chance.
        q: The same over all themes together: see `benjamini_hochberg`.
        rings: Whether somebody is to be called.
        watch: Whether it is worth a look; true of all that ring.
    """

    expected: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    rings: NDArray[np.bool_]
    watch: NDArray[np.bool_]


class ShortPastError(ValueError):
    """There are too few weeks before the one that is looked at; raised by `find_alerts`."""


def find_alerts(counts: ArrayLike, volume: ArrayLike, week: int = -1) -> Alerts:
    """What rises, of all that is counted.

    Args:
        counts: Documents by theme and week (themes × weeks), weeks without gaps in order.
        volume: All documents by week, those without a theme included.
        week: The index of the week that is looked at; what comes behind it is not.

    Raises:
        ShortPastError: If there are fewer than `MIN_WEEKS` weeks of which anybody wrote, `GAP`
            weeks before the one that is looked at.
    """
    count, total = np.asarray(counts, dtype=np.float64), np.asarray(volume, dtype=np.float64)
    week = range(len(total))[week]
    span = slice(max(0, week - GAP - WINDOW), max(0, week - GAP))
    # Of a week in which nobody wrote at all, nothing can be learnt.
    weeks = np.flatnonzero(total[span] > 0) + span.start
    if len(weeks) < MIN_WEEKS:
        raise ShortPastError(f"{len(weeks)} weeks before are fewer than {MIN_WEEKS}")
    past = _Past.of(count[:, weeks], total[weeks])
    spans = [slice(week + 1 - length, week + 1) for length in SPANS]
    chances = [past.chance(count[:, one].sum(axis=1), total[one].sum()) for one in spans]
    p = _combined(np.array(chances))
    q = benjamini_hochberg(p)
    now, expected = count[:, week], past.rate * total[week]
    # What has risen before and is back where it was calls nobody.
    enough = (now >= MIN_DOCUMENTS) & (now > expected)
    return Alerts(expected, p, q, enough & (q <= RING), enough & (q <= WATCH))


@dataclass(frozen=True)
class _Past:
    """What is usual, by theme: documents in past weeks, as many of each document that anybody
    wrote, and how many times the variance of a Poisson distribution the counts have.
    """

    seen: NDArray[np.float64]
    rate: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def of(cls, counts: NDArray[np.float64], exposure: NDArray[np.float64]) -> _Past:
        past = _capped(counts, exposure)
        seen = past.sum(axis=1)
        # Half a document more, so that nothing is expected never to come.
        rate = (seen + 0.5) / exposure.sum()
        return cls(seen, rate, _spread(past, rate[:, None] * exposure, seen))

    def chance(self, now: NDArray[np.float64], exposure: float) -> NDArray[np.float64]:
        """How often there are as many documents or more."""
        expected = self.rate * exposure
        # What counts vary by, what the rate may be off by, and what it moves by itself.
        off = expected**2 / (self.seen + 0.5) + (DRIFT * expected) ** 2
        return _at_least(now, expected, expected * self.spread + off)


def _combined(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """One p of several (tests × themes), which need not be independent."""
    # A chance near 1 in one test must not outweigh any evidence in the other.
    tested = np.tan((0.5 - np.clip(p, 1e-300, 0.99)) * np.pi).mean(axis=0)
    small = p.min(axis=0) < 1e-12
    # There the tangent has no digits left, and is the inverse of p.
    tail = np.minimum(1.0, len(p) * p.min(axis=0))
    found: NDArray[np.float64] = np.where(small, tail, 0.5 - np.arctan(tested) / np.pi)
    return np.clip(found, 0.0, 1.0)


def _capped(past: NDArray[np.float64], exposure: NDArray[np.float64]) -> NDArray[np.float64]:
    usual = np.median(past / exposure, axis=1, keepdims=True) * exposure
    capped: NDArray[np.float64] = np.minimum(past, np.maximum(CAP * usual, CAP_DOCUMENTS))
    return capped


def _spread(
    past: NDArray[np.float64], fitted: NDArray[np.float64], seen: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How many times the variance of a Poisson distribution the counts of each theme have, drawn
    towards that of all themes; at least 1.
    """
    weeks = past.shape[1]
    own = ((past - fitted) ** 2 / fitted).sum(axis=1) / (weeks - 1)
    # A theme says the more of the common spread the more often it comes, up to a point.
    common = max(1.0, float(np.average(own, weights=np.minimum(seen, 50) + 1e-9)))
    drawn: NDArray[np.float64] = (own * weeks + common * POOL) / (weeks + POOL)
    return np.maximum(1.0, drawn)


def _at_least(
    count: NDArray[np.float64], mean: NDArray[np.float64], variance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The probability of `count` or more under the negative binomial distribution with this mean
    and this variance.
    """
    mean = np.maximum(mean, 1e-9)
    # Poisson's own, at the least, and a hair more: what follows divides by what is over it.
    variance = np.maximum(variance, mean * (1 + 1e-9))
    failing = 1 - mean / variance
    size = mean * mean / (variance - mean)
    # Of an incomplete beta function, which is many times as quick as scipy.stats.nbinom.
    tail: NDArray[np.float64] = betainc(np.maximum(count, 1), size, failing)
    return np.where(count > 0, tail, 1.0)
