"""Documents that wait for their turn, longest first, a pile for each lane."""

from __future__ import annotations

import threading
from collections.abc import Sequence

#: Sources of a cohort are at least this long, as a part of its longest: they are padded to it.
_ALIKE = 0.5


class Waiting:
    """The sources of a decoding that no lane has taken yet.

    They are dealt out like cards, since the longest take the most steps and all lanes are to end
    together. The longest come first: what is left at the end, when rows are idle, is short.

    Those that come later wait until all piles are empty, and are dealt out then: else a short one
    might wait for ever. Each has a number: they are counted as they come, from 0.
    """

    def __init__(self) -> None:
        """Nobody waits."""
        self._sources: dict[int, Sequence[int]] = {}
        self._came = 0
        self._piles: list[list[int]] = [[]]
        self._later: list[int] = []
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many no lane has taken."""
        return len(self._sources)

    def add(self, sources: Sequence[Sequence[int]]) -> None:
        """They come to those that wait already."""
        with self._lock:
            self._sources.update(enumerate(sources, start=self._came))
            self._later += range(self._came, self._came + len(sources))
            self._came += len(sources)

    def deal(self, lanes: int) -> None:
        """From now on so many lanes take from them."""
        with self._lock:
            self._deal(list(self._sources), lanes)

    def _deal(self, numbers: list[int], lanes: int) -> None:
        order = sorted(numbers, key=lambda number: -len(self._sources[number]))
        self._piles = [order[lane::lanes] for lane in range(lanes)]
        self._later = []

    def take(
        self, lane: int, places: int, tokens: int, alone: bool
    ) -> list[dict[int, Sequence[int]]]:
        """As many documents as there is room for, in cohorts of like length; from the fullest of
        the other piles once the lane's own is empty.

        Args:
            lane: Whose pile it is.
            places: For documents.
            tokens: For sources that are padded to the longest of their cohort.
            alone: Whether the first is taken even if it has more tokens.

        Returns:
            For each cohort its documents by number, longest first.
        """
        cohorts: list[dict[int, Sequence[int]]] = []
        with self._lock:
            pile = self._pile(lane)
            longest = taken = 0
            for number in pile:
                length = len(self._sources[number])
                begins = not cohorts or length < _ALIKE * longest
                longest = length if begins else longest
                if not alone and (places < 1 or tokens < longest):
                    break
                if begins:
                    cohorts.append({})
                cohorts[-1][number] = self._sources.pop(number)
                places, tokens, taken, alone = places - 1, tokens - longest, taken + 1, False
            del pile[:taken]
        return cohorts

    def _pile(self, lane: int) -> list[int]:
        if not any(self._piles):
            self._deal(self._later, len(self._piles))
        if not self._piles[lane]:
            fullest = max(self._piles, key=len)
            self._piles[lane] = fullest[::2]
            del fullest[::2]
        return self._piles[lane]
