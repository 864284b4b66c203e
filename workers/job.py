"""Running one job: claim, read, analyse, finish; and whose fault it is when that fails."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn, TypeVar

from sqlalchemy import Engine as Database
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from schema.ledger.claim import Claim, UnknownOptionsError, claim
from schema.ledger.dispatch import dispatch
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.release import disown, expire, release
from schema.messages import BrokerError, Messages
from schema.outcome import Outcome
from schema.readiness import not_ready, ready
from schema.results import Failure
from schema.settings import Settings
from workers.backoff import FIRST, Backoff
from workers.beat import Beat, ClaimLost
from workers.board import Place
from workers.faults import DeviceFault, WorkerFault
from workers.patience import Interrupted, patiently

if TYPE_CHECKING:
    from workers.engine import Engine

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Errors of the database that what is written may be to blame for; others are the database's own.
_OF_DOCUMENTS = (DataError, IntegrityError)


class JobRunner:
    """A child's warm engines, and what it takes to run jobs with them.

    Args:
        database: The ledger, opened by this process.
        engines: By analysis.
        messages: To pull the next jobs in.
        config: Leases, limits and windows.
        name: This child in the ledger, e.g. `gpu0@host/0`.
        place: This child's place on the node's board.
    """

    def __init__(
        self,
        database: Database,
        engines: Mapping[str, Engine],
        messages: Messages,
        config: Settings,
        name: str,
        place: Place,
    ) -> None:
        self._database = database
        self._engines = engines
        self._messages = messages
        self._config = config
        self._name = name
        self._place = place
        self._backoff = Backoff()

    def job(self, analysis: str, job_id: int) -> None:
        """Run a job if it is there to be claimed; a late or doubled message does nothing.

        Raises:
            Interrupted: If the node is to end and the message has to go to another.
        """
        if self._place.stopping:
            raise Interrupted(f"job {job_id}")
        try:
            claimed = self._claim(analysis, job_id)
        except UnknownOptionsError as error:
            self._wait_out(job_id, str(error))
            return
        if claimed is None:
            logger.info("job %d: nothing to claim", job_id)
            return
        self._guarded(analysis, claimed)
        self._pull(analysis)

    def _claim(self, analysis: str, job_id: int) -> Claim | None:
        tries = 0

        def once() -> Claim | None:
            nonlocal tries
            tries += 1
            if tries > 1:
                # The first may have been written, and only its answer lost.
                disown(self._database, job_id, self._name)
            return claim(self._database, job_id, analysis, self._name, self._config.lease)

        return patiently(f"job {job_id}", once, self._place.wait)

    def _guarded(self, analysis: str, claimed: Claim) -> None:
        """Run the job, and give it up in the way that fits what went wrong."""
        job_id = claimed.job_id
        try:
            finished = self._run(analysis, claimed)
        except ClaimLost:
            finished = False
        except (Interrupted, SystemExit):
            # Billiard turns a SIGTERM to the child into a SystemExit.
            self._give_back(claimed)
            raise
        except DeviceFault as fault:
            self._device_lost(claimed, fault)
        except (WorkerFault, MemoryError) as fault:
            self._back_off(claimed, str(fault) or "no memory left")
            return
        except Exception as error:
            kind = type(error).__name__
            if isinstance(error, SQLAlchemyError) and not isinstance(error, _OF_DOCUMENTS):
                self._back_off(claimed, f"the database refuses: {kind}")
                return
            logger.error("job %d: failed with %s", job_id, kind)
            failure = Failure(kind, f"{kind} outside of the model")
            self._patiently(job_id, lambda: expire(self._database, claimed, failure))
            return
        if not finished:
            logger.warning("job %d: cancelled or lost to another, nothing written", job_id)
        if self._backoff.well():
            self._patiently(job_id, lambda: ready(self._database, self._name))

    def _run(self, analysis: str, claimed: Claim) -> bool:
        with Beat(self._database, claimed, self._config, self._place) as beat:
            documents = self._patiently(
                claimed.job_id, lambda: read_documents(self._database, claimed)
            )

            def on_progress() -> None:
                self._place.computing(self._config.batch_timeout)
                beat.check()

            # Tokenising the first documents of a language may load a model.
            self._place.computing(self._config.load_timeout + self._config.batch_timeout)
            try:
                outcomes = self._engines[analysis].outcomes(documents, claimed.options, on_progress)
            finally:
                self._place.waiting()
            return self._finish(claimed, outcomes)

    def _finish(self, claimed: Claim, outcomes: list[Outcome]) -> bool:
        return self._patiently(claimed.job_id, lambda: finish(self._database, claimed, outcomes))

    def _device_lost(self, claimed: Claim, fault: DeviceFault) -> NoReturn:
        """Perhaps a document did it: the attempt stays charged. Only a new process can go on."""
        logger.error("job %d: %s", claimed.job_id, fault)
        failure = Failure(type(fault).__name__, str(fault))
        try:
            self._patiently(claimed.job_id, lambda: expire(self._database, claimed, failure))
        finally:
            logging.shutdown()
            os._exit(1)

    def _give_back(self, claimed: Claim) -> None:
        try:
            release(self._database, claimed)
        except SQLAlchemyError as error:
            logger.error("job %d: not released: %s", claimed.job_id, type(error).__name__)
        else:
            logger.info("job %d: released, the node ends", claimed.job_id)

    def _back_off(self, claimed: Claim, reason: str) -> None:
        # Soon again, since another worker may be well.
        self._patiently(claimed.job_id, lambda: release(self._database, claimed, FIRST))
        self._wait_out(claimed.job_id, reason)

    def _wait_out(self, job_id: int, reason: str) -> None:
        """Say that this worker is not ready, and wait: a worker that fails at once would else win
        every message from those that are well.
        """
        seconds = self._backoff.fault()
        logger.error("job %d: not done, not ready for %g s: %s", job_id, seconds, reason)
        self._patiently(job_id, lambda: not_ready(self._database, self._name, reason, seconds))
        self._place.wait(seconds)

    def _pull(self, analysis: str) -> None:
        """A finished job pulls the next ones in; if that fails, the node's upkeep will."""
        try:
            dispatch(self._database, self._messages.publish, analysis, self._config.window)
        except BrokerError as error:
            logger.warning("cannot dispatch %s: %s", analysis, error)
        except SQLAlchemyError as error:
            logger.warning("cannot dispatch %s: %s", analysis, type(error).__name__)

    def _patiently(self, job_id: int, operation: Callable[[], T]) -> T:
        return patiently(f"job {job_id}", operation, self._place.hold_out)
