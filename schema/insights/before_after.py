"""Whether something changed at a date: the weeks before it beside the weeks behind it.

A difference alone does not say that a release helped, since figures move by themselves. So the same
comparison is made at earlier dates, where nothing was released: if those found as much, it is
nothing to be proud of.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schema.insights.mean_difference import Group, MeanDifference, welch

#: Days between two of the earlier dates.
_STEP = 7


class BeforeAfter(NamedTuple):
    """Figures on both sides of a date.

    Attributes:
        before: Of the days before it.
        after: Of the days from it on.
        change: After, less before.
        earlier: How many earlier dates could be compared alike, …
        earlier_as_large: … and at how many of them the change was as large, either way.
    """

    before: Group
    after: Group
    change: MeanDifference
    earlier: int
    earlier_as_large: int


def before_and_after(
    times: ArrayLike, values: ArrayLike, date: datetime, days: int = 28
) -> BeforeAfter:
    """Compare the mean of `days` days before a date with that of as many days from it on.

    Args:
        times: When each document was written, as `datetime64` or in the form of ISO 8601, in UTC.
        values: A number for each: its rating, or 0 and 1 for a share.
        date: In UTC; a time zone is left out of account.
        days: How long either side is.

    Raises:
        ValueError: If there are not as many values as times.
    """
    when = np.asarray(times, dtype="datetime64[s]").astype(np.int64) / 86_400
    value = np.asarray(values, dtype=np.float64)
    if when.shape != value.shape:
        raise ValueError("each document has one time and one number")
    order = np.argsort(when, kind="stable")
    series = _Series(when[order], value[order])
    cut = float(np.datetime64(date.replace(tzinfo=None), "s").astype(np.int64) / 86_400)
    before, after = series.sides(cut, days)
    change = welch(after, before)
    found = list(_earlier(series, cut, days))
    large = sum(abs(one) >= abs(change.difference) for one in found)
    return BeforeAfter(before, after, change, len(found), large)


class _Series(NamedTuple):
    """Values in the order of their times, in days."""

    when: NDArray[np.float64]
    value: NDArray[np.float64]

    def sides(self, cut: float, days: int) -> tuple[Group, Group]:
        first, middle, last = np.searchsorted(self.when, [cut - days, cut, cut + days])
        return _group(self.value[first:middle]), _group(self.value[middle:last])


def _earlier(series: _Series, cut: float, days: int) -> list[float]:
    """The changes at earlier dates whose days all lie before the one that is looked at."""
    if not len(series.when):
        return []
    found, earlier = [], cut - days
    while earlier - days >= series.when[0]:
        before, after = series.sides(earlier, days)
        if before.count and after.count:
            found.append(after.mean - before.mean)
        earlier -= _STEP
    return found


def _group(values: NDArray[np.float64]) -> Group:
    if not len(values):
        return Group(0, float("nan"), 0.0)
    variance = float(values.var(ddof=1)) if len(values) > 1 else 0.0
    return Group(len(values), float(values.mean()), variance)
