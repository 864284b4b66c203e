"""Running one job: claim, read, analyse, finish; and a heartbeat beside it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Engine as Database
from sqlalchemy.exc import SQLAlchemyError

from schema.ledger.claim import Claim, claim
from schema.ledger.dispatch import dispatch
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.heartbeat import heartbeat
from schema.ledger.release import expire, release
from schema.messages import BrokerError, Messages
from schema.results import Failure
from schema.settings import Settings
from workers.faults import DeviceFault, WorkerFault

if TYPE_CHECKING:
    from workers.engine import Engine

logger = logging.getLogger(__name__)

#: Seconds that a job, and the worker, wait after a fault of the worker.
FAULT_PAUSE = 5.0


class JobRunner:
    """A child's warm engines, and what it takes to run jobs with them.

    Args:
        database: The ledger, opened by this process.
        engines: By analysis.
        messages: To pull the next jobs in.
        config: Leases and windows.
        name: This child in the ledger, e.g. `gpu0@host/0`.
    """

    def __init__(
        self,
        database: Database,
        engines: Mapping[str, Engine],
        messages: Messages,
        config: Settings,
        name: str,
    ) -> None:
        self._database = database
        self._engines = engines
        self._messages = messages
        self._config = config
        self._name = name
        self._over = threading.Event()

    def job(self, analysis: str, job_id: int) -> None:
        """Run a job if it is there to be claimed; a late or doubled message does nothing."""
        try:
            claimed = claim(self._database, job_id, analysis, self._name, self._config.lease)
        except SQLAlchemyError as error:
            logger.error("job %s: cannot be claimed: %s", job_id, type(error).__name__)
            self._over.wait(FAULT_PAUSE)
            return
        if claimed is None:
            logger.info("job %s: nothing to claim", job_id)
            return
        try:
            self._guarded(analysis, claimed)
        except SQLAlchemyError as error:
            # The driver's message may quote rows. The lease runs out by itself.
            logger.error("job %d: the database failed: %s", job_id, type(error).__name__)
        self._pull(analysis)

    def _guarded(self, analysis: str, claimed: Claim) -> None:
        """Run the job, and give it up in the way that fits what went wrong."""
        try:
            self._run(analysis, claimed)
        except DeviceFault as fault:
            # Perhaps a document did it: the attempt stays charged. Only a new process can go on.
            logger.error("job %d: %s", claimed.job_id, fault)
            try:
                expire(self._database, claimed, Failure("DeviceFault", str(fault)))
            finally:
                logging.shutdown()
                os._exit(1)
        except WorkerFault as fault:
            logger.error("job %d: released, the worker is at fault: %s", claimed.job_id, fault)
            release(self._database, claimed, FAULT_PAUSE)
            # A worker that fails at once would else win every message from those that are well.
            self._over.wait(FAULT_PAUSE)
        except SQLAlchemyError:
            raise
        except Exception as error:
            logger.error("job %d: failed with %s", claimed.job_id, type(error).__name__)
            kind = type(error).__name__
            expire(self._database, claimed, Failure(kind, f"{kind} outside of the model"))

    def _run(self, analysis: str, claimed: Claim) -> None:
        engine = self._engines[analysis]
        with self._beating(claimed):
            documents = read_documents(self._database, claimed)
            outcomes = engine.outcomes(documents, claimed.options)
            finished = finish(self._database, claimed, outcomes)
        if not finished:
            logger.warning("job %d: lost to another worker, nothing written", claimed.job_id)

    @contextmanager
    def _beating(self, claimed: Claim) -> Iterator[None]:
        over = threading.Event()

        def beat() -> None:
            while not over.wait(self._config.heartbeat):
                try:
                    if not heartbeat(self._database, claimed, self._config.lease):
                        return
                except SQLAlchemyError as error:
                    logger.warning("job %d: no heartbeat: %s", claimed.job_id, type(error).__name__)

        thread = threading.Thread(target=beat, name=f"heartbeat-{claimed.job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _pull(self, analysis: str) -> None:
        """A finished job pulls the next ones in; if that fails, the node's upkeep will."""
        try:
            dispatch(self._database, self._messages.publish, analysis, self._config.window)
        except (BrokerError, SQLAlchemyError) as error:
            logger.warning("cannot dispatch %s: %s", analysis, type(error).__name__)
