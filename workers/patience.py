"""Patience: what a worker does while the database is away: it waits, and nobody is charged."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from schema.database import is_passing

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Seconds before the second try of a statement; a deadlock or a lock is over by then. Doubles …
FIRST_PAUSE = 0.25
#: … up to this.
LONGEST_PAUSE = 15.0


class Interrupted(Exception):
    """The worker was told to end while it waited."""


def patiently(what: str, operation: Callable[[], T], wait: Callable[[float], bool]) -> T:
    """Run something on the database again until it is not the database that fails.

    Args:
        what: For the log.
        operation: Statements that may safely be repeated as a whole.
        wait: Waits some seconds; returns True when the worker is to end.

    Raises:
        Interrupted: If the worker is to end before the database is back.
        SQLAlchemyError: Whatever trying again would not mend.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            return operation()
        except SQLAlchemyError as error:
            if not is_passing(error):
                raise
            # The driver's message may quote rows.
            logger.warning("%s: the database failed: %s", what, type(error).__name__)
        if wait(pause):
            raise Interrupted(what)
        pause = min(2 * pause, LONGEST_PAUSE)
