"""Figures with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema.insights import Interval, wilson
from schema.insights.difference import newcombe

if TYPE_CHECKING:
    from schema.insights.mean_difference import Group


#: The ends of the scale of stars: of an answer from 0 to 10 the lowest is none.
LEAST, MOST = 0.0, 5.0


@dataclass(frozen=True, slots=True)
class Share:
    """How many have a property, of all that could have it.

    Attributes:
        share: 0…1; None of nobody.
        interval: Where it lies, 95 times of 100 (Wilson); None of nobody.
    """

    count: int
    total: int
    share: float | None
    interval: Interval | None

    @classmethod
    def of(cls, count: int, total: int) -> Share:
        """The share of `count` in `total`."""
        if not total:
            return cls(0, 0, None, None)
        return cls(count, total, count / total, wilson(count, total))


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of ratings, as stars of five.

    Attributes:
        mean: None of no ratings.
        interval: Where it lies, 95 times of 100; None of fewer than two ratings.
        group: What it is compared by.
    """

    count: int
    mean: float | None
    interval: Interval | None
    group: Group

    @classmethod
    def of_sums(cls, count: int, total: float | None, squares: float | None) -> Mean:
        """Of ratings of which the sum and the sum of squares are known."""
        # scipy takes half a second to load, which nobody without ratings should wait for.
        from schema.insights.mean import mean_interval
        from schema.insights.mean_difference import Group

        group = Group.of_sums(count, total or 0.0, squares or 0.0)
        interval = mean_interval(group, (LEAST, MOST))
        return cls(count, group.mean if count else None, interval, group)


@dataclass(frozen=True, slots=True)
class Change:
    """What a figure was before, and how far it is from there.

    Attributes:
        previous: The figure of the period before; None where there was none.
        change: Now less then: of shares in 0…1, of ratings in stars, of counts as a share of what
            it was; None where either is missing.
        interval: Where the change lies, 95 times of 100; None where nobody can tell.
    """

    previous: float | None
    change: float | None
    interval: Interval | None

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves 0."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high


def share_change(now: Share, before: Share) -> Change:
    """How far a share is from what it was (Newcombe)."""
    if now.share is None or before.share is None:
        return Change(before.share, None, None)
    interval = newcombe(now.count, now.total, before.count, before.total)
    return Change(before.share, now.share - before.share, interval)


def mean_change(now: Mean, before: Mean) -> Change:
    """How far a mean is from what it was (Welch)."""
    if now.mean is None or before.mean is None:
        return Change(before.mean, None, None)
    from schema.insights.mean_difference import welch

    difference, interval, _ = welch(now.group, before.group)
    sure = min(now.count, before.count) > 1
    return Change(before.mean, difference, interval if sure else None)
