"""The outage guard: whether a lease that has run out proves that its worker is dead.

It proves nothing after a time in which nobody could renew one: while the database was away, also
without an error, as when it was stopped; while somebody had a table locked; or when its clock
jumped, or this machine slept, of which the monotonic clock knows nothing. A living worker has
renewed its lease one heartbeat later.
"""

from __future__ import annotations

import math
import time
from datetime import datetime

from schema.settings import Settings


class OutageGuard:
    """Remembers when the database could last not be used.

    Args:
        config: The settings, of which lease and heartbeat count.
    """

    def __init__(self, config: Settings) -> None:
        self._heartbeat = config.heartbeat
        self._max_gap = max(config.heartbeat, config.lease - 2 * config.heartbeat)
        self._since = -math.inf
        self._offset: float | None = None
        self._last_check: float | None = None

    def record_outage(self) -> None:
        """Note that the database did not answer."""
        self._since = time.monotonic()

    def is_steady(self, clock: datetime, seconds: float) -> bool:
        """Whether leases could be renewed for a whole heartbeat until now.

        To be called when no lock is left to wait for.

        Args:
            clock: The database's time now.
            seconds: What it took the database to answer the queries before, and to give us its
                locks.
        """
        monotonic = time.monotonic()
        offset = clock.timestamp() - monotonic
        jumped = self._offset is not None and abs(offset - self._offset) > self._heartbeat
        self._offset = offset
        # What was locked when we came may have been locked since we looked last.
        unknown = 0.0 if self._last_check is None else monotonic - self._last_check
        self._last_check = monotonic
        if jumped or max(seconds, unknown) > self._max_gap:
            self._since = monotonic
        return monotonic - self._since >= self._heartbeat
