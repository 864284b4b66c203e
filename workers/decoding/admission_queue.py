"""The admission queue: documents wait for a lane; half of the lanes take the longest ones first."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence

#: Sources of a cohort are at least this long, as a part of its longest: they are padded to it.
_ALIKE = 0.5

#: Token ids of documents, by number.
_Sources = dict[int, Sequence[int]]


class AdmissionQueue:
    """Holds the sources that no lane has taken yet.

    Lanes with even numbers take the longest that are left, the others the shortest, until they
    meet. The longest texts take the most steps, so they are begun first; and since weights are read
    in every step, all of them are best written in as few lanes as can hold them: a lane of
    short ones then takes fewer steps, with more rows in each. What is begun at the end, when rows
    are idle, is of middling length.

    What comes later may be taken by a lane of long ones at once: else the longest of the last to
    come would be begun last. By lanes of short ones, or where there is one lane, it is taken when
    all before have been: so nobody waits for ever. Each has a number: they are counted as they
    come, from 0.
    """

    def __init__(self) -> None:
        self._sources: _Sources = {}
        self._came = 0
        #: Longest first.
        self._order: list[int] = []
        self._later: list[int] = []
        self._lanes, self._share = 1, 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Number of documents that no lane has taken."""
        return len(self._sources)

    def add(self, sources: Sequence[Sequence[int]]) -> None:
        """Add sources to those that wait already; they are numbered on."""
        with self._lock:
            self._sources.update(enumerate(sources, start=self._came))
            self._later += range(self._came, self._came + len(sources))
            self._came += len(sources)

    def deal(self, lanes: int) -> None:
        """Share the documents that wait among so many lanes, from now on."""
        with self._lock:
            self._lanes = lanes
            self._put_in_order(self._sources)

    def _put_in_order(self, numbers: Collection[int]) -> None:
        self._order = self._longest_first(numbers)
        self._share = sum(len(self._sources[number]) for number in numbers) // self._lanes
        self._later = []

    def _longest_first(self, numbers: Iterable[int]) -> list[int]:
        return sorted(numbers, key=lambda number: -len(self._sources[number]))

    def take(self, lane: int, documents: int, tokens: int, alone: bool) -> list[_Sources]:
        """Take as many documents as a lane can admit, in cohorts of like length.

        Args:
            lane: The lane's number, counted from 0.
            documents: Documents that it can admit.
            tokens: Source tokens that it can admit, padded to the longest of their cohort.
            alone: Whether the lane has no documents: then the first is taken even if it has more
                tokens, and no more than the lane's share, so that others can begin as well.

        Returns:
            For each cohort its documents by number, longest first.
        """
        with self._lock:
            if not self._order:
                self._put_in_order(self._later)
            backwards = lane % 2 == 1
            if backwards:
                numbers = self._order[::-1]
            elif self._lanes > 1:
                numbers = self._longest_first(self._sources)
            else:
                numbers = self._order
            cohorts = self._cut(numbers, documents, tokens, alone)
            taken = {number for cohort in cohorts for number in cohort}
            self._order = [number for number in self._order if number not in taken]
            self._later = [number for number in self._later if number not in taken]
            order = -1 if backwards else 1
            return [{number: self._sources.pop(number) for number in c[::order]} for c in cohorts]

    def _cut(
        self, numbers: Iterable[int], documents: int, tokens: int, alone: bool
    ) -> list[list[int]]:
        cohorts: list[list[int]] = []
        longest = shortest = padded = 0
        share = self._share if alone else tokens
        for number in numbers:
            length = len(self._sources[number])
            longest, shortest = max(longest, length), min(shortest, length)
            if not cohorts or shortest < _ALIKE * longest:
                tokens -= padded
                cohorts.append([])
                longest = shortest = length
            padded = (len(cohorts[-1]) + 1) * longest
            if not alone and (documents < 1 or tokens < padded or share <= 0):
                break
            cohorts[-1].append(number)
            documents, share, alone = documents - 1, share - length, False
        return [cohort for cohort in cohorts if cohort]
