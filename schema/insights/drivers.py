"""What goes with low ratings: of documents with a theme the mean rating, less that of the others.

It “goes with”, and never “causes”: reviews of dresses may be unhappier for the fit that is told
with them. Of the ways that were compared on halves of the same reviews this difference agreed best
with itself, better than trees with Shapley values; see docs/insight.md and
`python -m benchmarks.drivers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, issparse

from schema.insights.difference import chance_of_difference, newcombe
from schema.insights.false_discovery import benjamini_hochberg
from schema.insights.mean_difference import Group, welch
from schema.insights.proportion import Interval

#: Documents with a theme that an effect is shown from.
MIN_DOCUMENTS = 30
#: Documents' worth of “no effect” that each theme begins with where all are fitted together, so
#: that two themes that come together do not get large effects of opposite signs.
RIDGE = 20.0
#: Which document has which theme (documents × themes): a sparse array of SciPy.
Members = Any


@dataclass(frozen=True, slots=True)
class Driver:
    """What goes with a theme.

    Attributes:
        documents: How many have the theme.
        with_mean: Their mean rating, or share; NaN where there are none.
        without_mean: That of all others.
        difference: With, less without.
        interval: Where the difference lies, 95 times of 100.
        p: How often chance alone makes it as large.
        q: The same over all themes together; see `benjamini_hochberg`.
        given_others: The effect where all themes are fitted together (ridge regression): what is
            left of the difference that other themes of the same documents do not explain.
        shown: Whether it is to be shown: enough documents, and an interval that leaves 0.
    """

    documents: int
    with_mean: float
    without_mean: float
    difference: float
    interval: Interval
    p: float
    q: float
    given_others: float
    shown: bool


def rating_drivers(has: Members | ArrayLike, ratings: ArrayLike) -> list[Driver]:
    """What each theme does to the mean rating.

    Args:
        has: Whether a document has a theme (documents × themes).
        ratings: One for each document; leave out documents without one.

    Raises:
        ValueError: If there are not as many ratings as documents.
    """
    member, value = _checked(has, ratings)
    sums = _Sums.of(member, value)
    found = [welch(*sums.groups(theme)) for theme in range(member.shape[1])]
    intervals = [(one.interval, one.p) for one in found]
    return list(_drivers(sums, intervals))


def share_drivers(has: Members | ArrayLike, hits: ArrayLike) -> list[Driver]:
    """What each theme does to a share: of documents with at most two stars, say.

    Args:
        has: Whether a document has a theme (documents × themes).
        hits: Whether a document counts, 0 or 1.

    Raises:
        ValueError: If there are not as many hits as documents.
    """
    member, value = _checked(has, hits)
    sums = _Sums.of(member, value)
    intervals = []
    for theme in range(member.shape[1]):
        inside, count = round(sums.sums[theme]), int(sums.counts[theme])
        four = (inside, count, round(sums.total) - inside, sums.documents - count)
        intervals.append((newcombe(*four), chance_of_difference(*four)))
    return list(_drivers(sums, intervals))


def membership(
    documents: int, themes: Sequence[int], rows: ArrayLike, theme_of: ArrayLike
) -> Members:
    """Which document has which theme (documents × themes).

    Args:
        documents: How many there are.
        themes: Their ids, in the order of the columns.
        rows: Of each pair of a document and a theme that it has, once, the document's place, …
        theme_of: … and the theme's id; those of others are left out.
    """
    ids = np.asarray(themes, dtype=np.int64)
    order = np.argsort(ids)
    wanted = np.asarray(theme_of, dtype=np.int64)
    places = np.searchsorted(ids, wanted, sorter=order)
    known = places < len(ids)
    known[known] = ids[order[places[known]]] == wanted[known]
    columns = order[places[known]]
    shape = (documents, len(ids))
    values = np.ones(len(columns))
    return csr_array((values, (np.asarray(rows)[known], columns)), shape=shape)


class _Sums(NamedTuple):
    """Sums over documents, from which all figures are made."""

    documents: int
    total: float
    squares: float
    counts: NDArray[np.float64]
    sums: NDArray[np.float64]
    theme_squares: NDArray[np.float64]
    together: NDArray[np.float64]

    @classmethod
    def of(cls, member: Members, value: NDArray[np.float64]) -> _Sums:
        both = np.asarray((member.T @ member).todense(), dtype=np.float64)
        sums, squares = member.T @ value, member.T @ (value * value)
        total, all_squares = float(value.sum()), float(value @ value)
        return cls(len(value), total, all_squares, both.diagonal().copy(), sums, squares, both)

    def groups(self, theme: int) -> tuple[Group, Group]:
        count, total, squares = self.counts[theme], self.sums[theme], self.theme_squares[theme]
        others = (self.documents - count, self.total - total, self.squares - squares)
        return Group.of_sums(count, total, squares), Group.of_sums(*others)

    def given_others(self) -> NDArray[np.float64]:
        if not self.documents:
            return np.zeros(len(self.counts))
        spread = self.together - np.outer(self.counts, self.counts) / self.documents
        along = self.sums - self.counts * self.total / self.documents
        damped = spread + RIDGE * np.eye(len(self.counts))
        return np.asarray(np.linalg.solve(damped, along), dtype=np.float64)


def _checked(has: Members | ArrayLike, values: ArrayLike) -> tuple[Members, NDArray[np.float64]]:
    member: Members = has
    if not issparse(has):
        dense = np.asarray(has, dtype=np.float64)
        member = csr_array(dense) if dense.ndim == 2 else dense
    value = np.asarray(values, dtype=np.float64)
    if member.ndim != 2 or value.shape != member.shape[:1]:
        raise ValueError("each document has one number, and says of each theme whether it has it")
    return member, value


def _drivers(sums: _Sums, intervals: list[tuple[Interval, float]]) -> Iterator[Driver]:
    adjusted = benjamini_hochberg([p for _, p in intervals])
    together = sums.given_others()
    for theme, (interval, p) in enumerate(intervals):
        with_, without = sums.groups(theme)
        leaves_zero = interval.low > 0 or interval.high < 0
        yield Driver(
            documents=with_.count,
            with_mean=with_.mean,
            without_mean=without.mean,
            difference=with_.mean - without.mean,
            interval=interval,
            p=p,
            q=float(adjusted[theme]),
            given_others=float(together[theme]),
            shown=leaves_zero and with_.count >= MIN_DOCUMENTS,
        )
