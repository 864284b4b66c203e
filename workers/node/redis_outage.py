"""An outage of Redis, as a process sees it: said once for each cause, and once when it is over.

The consumer, maintenance and every child meet the same refusal again and again. A cause is said
once an outage; an outage that comes back within `SAME_OUTAGE` seconds is the same one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import billiard

logger = logging.getLogger(__name__)

#: Seconds without a refusal after which the next one is news.
SAME_OUTAGE = 60.0


class RedisOutage:
    """Logs each cause of an outage once, and its end. Any thread may use it.

    Args:
        clock: The monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said: dict[str, object] = {}
        self._began: float | None = None
        self._told = False
        self._last = clock()

    @property
    def lasts(self) -> bool:
        """Whether Redis has refused, and nobody has seen it take a write since."""
        return self._began is not None

    def note(self, reason: str) -> None:
        """Log why Redis cannot be used, unless that has been logged in this outage.

        Args:
            reason: From `schema.broker.refusals.reason_of`.
        """
        now = self._clock()
        if not self.lasts and now - self._last > SAME_OUTAGE:
            self._said = {}
        self._last = now
        if self._began is None:
            self._began = now
        mine = object()
        # Without a lock, which a child could inherit locked.
        if self._said.setdefault(reason, mine) is mine:
            self._told = True
            logger.log(_level(), "%s: waiting for it; jobs stay in the ledger", reason)

    def over(self) -> None:
        """Note that Redis has taken a write; it is logged if the refusal was."""
        (began, self._began), (told, self._told) = (self._began, None), (self._told, False)
        if began is not None and told:
            logger.info("Redis is usable again, after %.0f s", self._clock() - began)


def _level() -> int:
    """The level of a line: a child only informs, since its node asks Redis oftener and warns."""
    is_child = billiard.current_process().name != "MainProcess"
    return logging.INFO if is_child else logging.WARNING


#: The one of this process.
redis_outage = RedisOutage()
