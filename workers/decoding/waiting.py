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

    Args:
        sources: Token ids of each.
        lanes: That take from them.
    """

    def __init__(self, sources: Sequence[Sequence[int]], lanes: int) -> None:
        self._lengths = [len(source) for source in sources]
        order = sorted(range(len(sources)), key=lambda number: -self._lengths[number])
        self._piles = [order[lane::lanes] for lane in range(lanes)]
        self._lock = threading.Lock()

    def take(self, lane: int, places: int, tokens: int, alone: bool) -> list[list[int]]:
        """As many documents as there is room for, in cohorts of like length; from the fullest of
        the other piles once the lane's own is empty.

        Args:
            lane: Whose pile it is.
            places: For documents.
            tokens: For sources that are padded to the longest of their cohort.
            alone: Whether the first is taken even if it has more tokens.

        Returns:
            Numbers of the documents of each cohort, longest first.
        """
        cohorts: list[list[int]] = []
        with self._lock:
            pile = self._pile(lane)
            longest = taken = 0
            for number in pile:
                length = self._lengths[number]
                begins = not cohorts or length < _ALIKE * longest
                longest = length if begins else longest
                if not alone and (places < 1 or tokens < longest):
                    break
                if begins:
                    cohorts.append([])
                cohorts[-1].append(number)
                places, tokens, taken, alone = places - 1, tokens - longest, taken + 1, False
            del pile[:taken]
        return cohorts

    def _pile(self, lane: int) -> list[int]:
        if not self._piles[lane]:
            fullest = max(self._piles, key=len)
            self._piles[lane] = fullest[::2]
            del fullest[::2]
        return self._piles[lane]
