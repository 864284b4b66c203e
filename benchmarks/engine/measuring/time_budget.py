"""When a run is to end, and how much of what is left of it a section gets."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

#: A section alone gets at most this part of the time: whoever asks for one wants it soon.
_MOST = 0.5


class Timetable:
    """Shares out what is left, so that a section that took longer shortens those that come.

    Args:
        seconds: Of the whole run.
        shares: By section, in the order in which they come.
        clock: In seconds.
    """

    def __init__(
        self,
        seconds: float,
        shares: Mapping[str, float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock, self._seconds = clock, seconds
        self._end = clock() + seconds
        self._shares = dict(shares)

    def begin(self, section: str) -> float:
        """Seconds that a section gets, all that has to be made ready for it among them; at least 0.

        Raises:
            KeyError: If there is no such section, or it has begun before.
        """
        part = self._shares[section] / sum(self._shares.values())
        del self._shares[section]
        return max(0.0, min(_MOST * self._seconds, part * (self._end - self._clock())))
