"""Steadiness: whether a lease that has run out means that its worker is dead.

It does not after a time in which nobody could renew one: while the database was away, also without
an error, as when it was stopped; while somebody had a table locked; or when its clock jumped, or
this machine slept, of which the monotonic clock knows nothing. Who lives has renewed its lease one
heartbeat later.
"""

from __future__ import annotations

import math
import time
from datetime import datetime

from schema.settings import Settings


class OutageGuard:
    """What one process has seen of the database.

    Args:
        config: For lease and heartbeat.
    """

    def __init__(self, config: Settings) -> None:
        self._heartbeat = config.heartbeat
        self._patience = max(config.heartbeat, config.lease - 2 * config.heartbeat)
        self._since = -math.inf
        self._prefetcher: float | None = None
        self._looked: float | None = None

    def lost(self) -> None:
        """The database did not answer."""
        self._since = time.monotonic()

    def holds(self, clock: datetime, seconds: float) -> bool:
        """Whether it has been steady for a heartbeat. To be asked when no lock is left to wait for.

        Args:
            clock: The database's time now.
            seconds: How long it took to answer the questions before, and to give us its locks.
        """
        moment = time.monotonic()
        ahead = clock.timestamp() - moment
        jumped = self._prefetcher is not None and abs(ahead - self._prefetcher) > self._heartbeat
        self._prefetcher = ahead
        # What was locked when we came may have been locked since we looked last.
        unknown = 0.0 if self._looked is None else moment - self._looked
        self._looked = moment
        if jumped or max(seconds, unknown) > self._patience:
            self._since = moment
        return moment - self._since >= self._heartbeat
