"""Waiting for the upgrade of a database that is older than this version of the workers."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import Engine

from schema.database import DatabaseError
from schema.migrations.revision import RevisionError, check_revision

logger = logging.getLogger(__name__)

#: Seconds between two looks.
PAUSE = 2.0


def wait_for_upgrade(database: Engine, wait: Callable[[float], bool]) -> bool:
    """Wait until the database is upgraded to what this version needs, which is said once; beside
    one that is newer, which is said too, go on at once: migrations take away nothing.

    Args:
        database: The ledger. That it does not answer is no matter of this.
        wait: Waits some seconds; returns True when the node is to end.

    Returns:
        False if the node is to end before.
    """
    waited = False
    while True:
        try:
            check_revision(database)
        except RevisionError as error:
            if error.is_newer:
                logger.warning("%s; until then this worker goes on beside it", error)
                return True
            if not waited:
                logger.warning("%s; this worker waits for it", error)
        except DatabaseError:
            return True
        else:
            if waited:
                logger.info("the database is upgraded")
            return True
        waited = True
        if wait(PAUSE):
            return False
