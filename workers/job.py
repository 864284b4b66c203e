"""Running jobs: a burst of them, one after the other; and whose fault it is when one fails.

ahead     claim, read, tokenise 2 │ claim, read, tokenise 3 │ …
this          compute 1           │       compute 2         │ compute 3 …
writer                            │        write 1          │  write 2 …
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Engine as Database
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from schema.ledger.claim import Claim, UnknownOptionsError
from schema.messages import Messages
from schema.results import Failure
from schema.settings import Settings
from workers.ahead import Ahead, Taken
from workers.backoff import FIRST, Backoff
from workers.beat import Beat, ClaimLost
from workers.board import Place
from workers.clerk import Clerk
from workers.faults import DeviceFault, WorkerFault
from workers.patience import Interrupted
from workers.writer import Computed, Writer

if TYPE_CHECKING:
    from workers.engine import Engine

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Seconds after which a burst takes no more jobs ahead: then the node's other queues have their
#: turn, and Celery hears of its task.
BURST = 10.0
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
        self._config = config
        self._place = place
        self._clerk = Clerk(database, messages, config, name, place)
        self._ahead = Ahead(self._clerk, engines)
        self._writer = Writer(self._clerk)
        self._backoff = Backoff()

    def job(self, analysis: str, job_id: int) -> None:
        """Run a job if it is there to be claimed, and those that follow it in the queue; a late or
        doubled message does nothing.

        Raises:
            Interrupted: If the node is to end and the message has to go to another.
        """
        if self._place.stopping:
            raise Interrupted(f"job {job_id}")
        began = monotonic()
        try:
            claimed = self._clerk.claim(analysis, job_id)
            if claimed is None:
                logger.info("job %d: nothing to claim", job_id)
                return
            with Beat(self._database, self._config, self._place) as beat:
                beat.hold(claimed)
                self._burst(Taken(claimed), beat, began)
        except DeviceFault:
            # Only a new process can go on.
            logging.shutdown()
            os._exit(1)
        except UnknownOptionsError as error:
            self._wait_out(str(error))
        except WorkerFault as fault:
            self._wait_out(str(fault))
            self._clerk.pull(analysis)

    def _burst(self, first: Taken, beat: Beat, began: float) -> None:
        """Compute a job, and others as long as they are there and it is not too long."""
        analysis, until = first.claim.analysis, began + BURST
        job: Taken | None = first
        try:
            while job is not None:
                if monotonic() < until and not self._place.stopping:
                    self._ahead.look(analysis, beat)
                computed = self._compute(job, beat, began)
                self._collect(beat)
                if computed is None:
                    break
                began = monotonic()
                self._writer.write(computed)
                job = self._next(beat)
            self._collect(beat)
            self._well()
        except BaseException as error:
            if isinstance(error, Interrupted | SystemExit):
                self._clerk.wait_no_longer()
            raise
        finally:
            self._put_back(beat)

    def _compute(self, job: Taken, beat: Beat, began: float) -> Computed | None:
        """What comes of a job; None if it is given up."""
        claimed, engine = job.claim, self._engines[job.claim.analysis]
        before = engine.counters.copy()

        def on_progress() -> None:
            self._place.computing(self._config.batch_timeout)
            beat.check(claimed)

        def compute() -> Computed:
            documents = self._clerk.read(claimed) if job.documents is None else job.documents
            # Tokenising the first documents of a language may load a model.
            loading = self._config.load_timeout if job.prepared is None else 0
            self._place.computing(loading + self._config.batch_timeout)
            try:
                outcomes = engine.outcomes(documents, claimed.options, on_progress, job.prepared)
            finally:
                self._place.waiting()
            done = engine.counters - before
            return Computed(claimed, outcomes, done, monotonic() - began, job.message)

        return self._settle(claimed, beat, compute)

    def _next(self, beat: Beat) -> Taken | None:
        """The job that was taken ahead; from here on it is charged."""
        ahead = self._taken()
        if ahead is None or self._place.stopping:
            return None
        begun = self._settle(ahead.claim, beat, lambda: self._clerk.begin(ahead.claim))
        if begun is None:
            logger.warning("job %d: cancelled, paused or lost to another", ahead.claim.job_id)
            return None
        return replace(ahead, claim=begun)

    def _taken(self) -> Taken | None:
        try:
            return self._ahead.taken(lambda: self._place.computing(self._config.load_timeout))
        finally:
            self._place.waiting()

    def _collect(self, beat: Beat) -> None:
        """Wait until the job before is written."""
        if (claim := self._writer.claim) is None:
            return
        written = self._settle(claim, beat, self._writer.written)
        if written is not None:
            beat.drop(claim)
            self._well()
        if written is False:
            logger.warning("job %d: cancelled or lost to another, nothing written", claim.job_id)

    def _settle(self, claim: Claim, beat: Beat, step: Callable[[], T]) -> T | None:
        """Do a step of a job, or give the job up in the way that fits what went wrong.

        Raises:
            Interrupted: As it comes, as SystemExit; the job is still held.
            DeviceFault: The attempt stays charged: perhaps a document did it.
            WorkerFault: Nobody is charged.
        """
        try:
            return step()
        except ClaimLost:
            logger.warning("job %d: cancelled or lost to another, nothing written", claim.job_id)
        except (Interrupted, SystemExit):
            # Billiard turns a SIGTERM to the child into a SystemExit.
            raise
        except DeviceFault as fault:
            logger.error("job %d: %s", claim.job_id, fault)
            # If the database refuses, the lease will end: this process has to, now.
            with contextlib.suppress(SQLAlchemyError, Interrupted):
                self._clerk.expire(claim, Failure(type(fault).__name__, str(fault)))
            beat.drop(claim)
            raise
        except (WorkerFault, MemoryError) as fault:
            self._back_off(claim, beat, str(fault) or "no memory left")
        except Exception as error:
            kind = type(error).__name__
            if isinstance(error, SQLAlchemyError) and not isinstance(error, _OF_DOCUMENTS):
                self._back_off(claim, beat, f"the database refuses: {kind}")
            logger.error("job %d: failed with %s", claim.job_id, kind)
            self._clerk.expire(claim, Failure(kind, f"{kind} outside of the model"))
        beat.drop(claim)
        return None

    def _back_off(self, claim: Claim, beat: Beat, reason: str) -> None:
        """Put the job back, soon again, since another worker may be well.

        Raises:
            WorkerFault: Always.
        """
        self._clerk.release(claim, FIRST)
        beat.drop(claim)
        logger.error("job %d: not done", claim.job_id)
        raise WorkerFault(reason)

    def _put_back(self, beat: Beat) -> None:
        """Whatever is still in hand when a burst ends goes back, and charges nobody."""
        with contextlib.suppress(Interrupted, WorkerFault):
            self._collect(beat)
        self._taken()
        why = "the node ends" if self._place.stopping else "it had not begun"
        for claim in beat.held:
            self._clerk.give_back(claim, why)
            beat.drop(claim)

    def _well(self) -> None:
        if self._backoff.well():
            self._clerk.say_ready()

    def _wait_out(self, reason: str) -> None:
        """Say that this worker is not ready, and wait: a worker that fails at once would else win
        every message from those that are well.
        """
        seconds = self._backoff.fault()
        logger.error("not ready for %g s: %s", seconds, reason)
        self._clerk.say_not_ready(reason, seconds)
        self._place.wait(seconds)
