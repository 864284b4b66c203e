"""The beat: a thread beside a running job. It renews the lease, and gives the job back in time when
the node is to end. A batch that hangs gets no beats: progress counts, not that the process lives.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from types import TracebackType
from typing import NoReturn, Self

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from schema.ledger.claim import Claim
from schema.ledger.heartbeat import heartbeat
from schema.ledger.release import release
from schema.settings import Settings
from workers.board import LOOK, Place

logger = logging.getLogger(__name__)

#: Seconds until a heartbeat that the database did not take is tried again.
RETRY = 1.0


class ClaimLost(Exception):
    """The job is no longer ours: cancelled, or reaped and claimed by another."""


class Beat:
    """Beats while its block runs.

    Args:
        database: The ledger.
        claim: The job.
        config: For lease and heartbeat.
        place: Where the child says that it gets on, and learns that it is to end.
    """

    def __init__(self, database: Engine, claim: Claim, config: Settings, place: Place) -> None:
        self._database = database
        self._claim = claim
        self._config = config
        self._place = place
        self._over = threading.Event()
        self._lost = False
        self._thread = threading.Thread(
            target=self._repeat, name=f"beat-{claim.job_id}", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def check(self) -> None:
        """Call now and then, lest work goes on that nobody wants any more.

        Raises:
            ClaimLost: If the job is no longer ours.
        """
        if self._lost:
            raise ClaimLost

    def _repeat(self) -> None:
        due = time.monotonic() + self._config.heartbeat
        while not self._over.wait(LOOK):
            if self._place.time_is_up:
                self._give_back()
            if time.monotonic() >= due and not self._place.overdue:
                due = time.monotonic() + self._renew()

    def _renew(self) -> float:
        """Renew the lease; returns the seconds until the next time."""
        try:
            self._lost = not heartbeat(self._database, self._claim, self._config.lease)
        except SQLAlchemyError as error:
            logger.warning("job %d: no heartbeat: %s", self._claim.job_id, type(error).__name__)
            return RETRY
        return self._config.heartbeat

    def _give_back(self) -> NoReturn:
        """Release the job and end this process: nothing else interrupts a forward."""
        try:
            if release(self._database, self._claim):
                logger.info("job %d: released, the node ends", self._claim.job_id)
        except SQLAlchemyError as error:
            logger.error("job %d: not released: %s", self._claim.job_id, type(error).__name__)
        finally:
            logging.shutdown()
            os._exit(0)
