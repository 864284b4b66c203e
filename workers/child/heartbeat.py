"""The heartbeat: a thread beside the jobs that a child holds. It renews their leases, and gives the
jobs back in time when the node is to end. Where a batch hangs no lease is renewed: progress counts,
not that the process lives.
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

from schema.database.reasons import reason_of
from schema.ledger.claim import Claim
from schema.ledger.heartbeat import heartbeat
from schema.ledger.release import release
from schema.settings import Settings
from workers.node import logs
from workers.node.logs import about
from workers.node.scoreboard import POLL_INTERVAL, ScoreboardSlot

logger = logging.getLogger(__name__)

#: Seconds until a heartbeat that the database did not take is tried again.
RETRY = 1.0


class LeaseLostError(Exception):
    """The job is no longer ours: cancelled, or reaped and claimed by another."""


class Heartbeat:
    """Renews, while its block runs, every claim that it holds; the block may be entered again. Any
    thread may ask it.

    Args:
        database: The ledger.
        settings: For lease and heartbeat.
        slot: Where the child says that it gets on, and learns that it is to end.
    """

    def __init__(self, database: Engine, settings: Settings, slot: ScoreboardSlot) -> None:
        self._database = database
        self._settings = settings
        self._slot = slot
        self._over = threading.Event()
        self._lock = threading.Lock()
        #: By job; one that is lost is None, until it is dropped.
        self._claims: dict[int, Claim | None] = {}
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._over.clear()
        self._thread = threading.Thread(target=self._repeat, name="heartbeat", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            for job_id in self._claims:
                logs.drop(job_id)
            self._claims.clear()

    def hold(self, claim: Claim) -> None:
        """From now on the lease of this one is renewed."""
        with self._lock:
            self._claims[claim.job_id] = claim
        logs.hold(claim)

    def drop(self, claim: Claim) -> None:
        """It is finished, or given up."""
        with self._lock:
            self._claims.pop(claim.job_id, None)
        logs.drop(claim.job_id)

    @property
    def held(self) -> list[Claim]:
        """All that are in hand, as far as is known."""
        with self._lock:
            return [claim for claim in self._claims.values() if claim is not None]

    def check(self, claim: Claim) -> None:
        """Call now and then, lest work goes on that nobody wants any more.

        Raises:
            LeaseLostError: If the job is no longer ours.
        """
        with self._lock:
            if self._claims.get(claim.job_id) is None:
                raise LeaseLostError

    def _repeat(self) -> None:
        due = time.monotonic() + self._settings.heartbeat
        while not self._over.wait(POLL_INTERVAL):
            if self._slot.time_is_up:
                self._give_back()
            if time.monotonic() >= due and not self._slot.is_overdue:
                due = time.monotonic() + self._renew()

    def _renew(self) -> float:
        """Renew all leases; returns the seconds until the next time."""
        for claim in self.held:
            try:
                still_ours = heartbeat(self._database, claim, self._settings.lease)
            except SQLAlchemyError as error:
                why = reason_of(error)
                logger.warning("job %d: no heartbeat: %s", claim.job_id, why, extra=about(claim))
                return RETRY
            if not still_ours:
                self._lose(claim)
        return self._settings.heartbeat

    def _lose(self, claim: Claim) -> None:
        with self._lock:
            # It may have been finished, and even claimed again, since it was looked up.
            if (held := self._claims.get(claim.job_id)) and held.fence == claim.fence:
                self._claims[claim.job_id] = None

    def _give_back(self) -> NoReturn:
        """Release all jobs and end this process: nothing else interrupts a forward."""
        try:
            for claim in self.held:
                if release(self._database, claim):
                    logger.info("job %d: released, the node ends", claim.job_id, extra=about(claim))
        except SQLAlchemyError as error:
            logger.error("jobs are not released: %s", type(error).__name__)
        finally:
            logging.shutdown()
            os._exit(0)
