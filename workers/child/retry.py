"""Trying again: a statement until the database is back, and a worker that cannot work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from schema.database.errors import is_passing
from schema.database.reasons import reason_of

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Seconds that a worker stays not ready after its first fault; each further one in a row doubles
#: it, …
MIN_BACKOFF_SECONDS = 5.0
#: … up to this, so that an operator's remedy is noticed in time.
MAX_BACKOFF_SECONDS = 300.0
#: Seconds before the second try of a statement; a deadlock or a lock is over by then. Doubles …
MIN_PAUSE_SECONDS = 0.25
#: … up to this.
MAX_PAUSE_SECONDS = 15.0


class NodeStopping(Exception):
    """The node was told to end while this child waited."""


class ExponentialBackoff:
    """Counts faults in a row."""

    def __init__(self) -> None:
        """No fault so far."""
        self.faults = 0

    def next_delay(self) -> float:
        """One more; returns the seconds to wait."""
        # The exponent stops growing long before a float would overflow.
        seconds = min(MAX_BACKOFF_SECONDS, MIN_BACKOFF_SECONDS * 2.0 ** min(self.faults, 16))
        self.faults += 1
        return seconds

    def reset(self) -> bool:
        """It works again; returns whether it did not before."""
        recovered = self.faults > 0
        self.faults = 0
        return recovered


def retry(what: str, operation: Callable[[], T], wait: Callable[[float], bool]) -> T:
    """Run something on the database again until it is not the database that fails.

    Args:
        what: For the log.
        operation: Statements that may safely be repeated as a whole.
        wait: Waits some seconds; returns True when the worker is to end.

    Raises:
        NodeStopping: If the worker is to end before the database is back.
        SQLAlchemyError: Whatever trying again would not mend.
    """
    pause = MIN_PAUSE_SECONDS
    while True:
        try:
            return operation()
        except SQLAlchemyError as error:
            if not is_passing(error):
                raise
            logger.warning("%s waits: %s", what, reason_of(error))
        if wait(pause):
            raise NodeStopping(what)
        pause = min(2 * pause, MAX_PAUSE_SECONDS)
