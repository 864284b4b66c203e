"""The failure policy: whose fault it is when a step of a job fails, and what becomes of the job."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from schema.ledger.claim import Claim
from schema.results import Failure
from workers.child.heartbeat import Heartbeat, LeaseLostError
from workers.child.ledger_client import LedgerClient
from workers.child.retry import MIN_BACKOFF_SECONDS, ExponentialBackoff, NodeStopping
from workers.errors import DeviceLostError, WorkerError
from workers.node.logs import about
from workers.node.scoreboard import ScoreboardSlot

logger = logging.getLogger(__name__)

#: The line on a job that somebody else has, or nobody may have any more.
NOT_WRITTEN = "job %d: cancelled or lost to another, nothing written"

T = TypeVar("T")

#: Errors of the database that what is written may be to blame for; others are the database's own.
_OF_DOCUMENTS = (DataError, IntegrityError)

#: Of a job that must not be computed.
_REFUSED = object()


class FailurePolicy:
    """Gives jobs up in the way that fits the fault, and lets a sick worker pause.

    Args:
        ledger: Where that is written down.
        heartbeat: Holds the claims.
        slot: Says when the node is to end.
    """

    def __init__(self, ledger: LedgerClient, heartbeat: Heartbeat, slot: ScoreboardSlot) -> None:
        self._ledger = ledger
        self._heartbeat = heartbeat
        self._slot = slot
        self._backoff = ExponentialBackoff()

    def settle(self, claim: Claim, step: Callable[[], T]) -> T | None:
        """Do a step of a job.

        Returns:
            What the step returns, or None if it failed: then the job is given up.

        Raises:
            NodeStopping: As it comes, as SystemExit; the job is still held.
            DeviceLostError: See `give_up`.
            WorkerError: Likewise.
        """
        try:
            return step()
        except Exception as error:
            self.give_up(claim, error)
            return None

    def give_up(self, claim: Claim, error: Exception) -> None:
        """Give a job up that was computed by itself, or written, and let it go.

        Args:
            claim: Of the job.
            error: What was raised.

        Raises:
            NodeStopping: As it came; the job is still held.
            DeviceLostError: The attempt stays charged: perhaps a document did it.
            WorkerError: Nobody is charged.
        """
        if isinstance(error, NodeStopping):
            raise error
        if isinstance(error, DeviceLostError):
            self._expire_all([claim], error)
            raise error
        if isinstance(error, WorkerError | MemoryError):
            self._release(claim, str(error) or "no memory left")
        kind = type(error).__name__
        if isinstance(error, SQLAlchemyError) and not isinstance(error, _OF_DOCUMENTS):
            self._release(claim, self._ledger.other_revision() or f"the database refuses: {kind}")
        logger.error("job %d: failed with %s", claim.job_id, kind, extra=about(claim))
        self._ledger.expire(claim, Failure(kind, f"{kind} outside of the model"))
        self._heartbeat.drop(claim)

    def give_up_together(self, claims: Sequence[Claim], error: Exception) -> NoReturn:
        """Give jobs up that were computed together.

        Args:
            claims: Of all of them that are not finished.
            error: What was raised.

        Raises:
            DeviceLostError: The attempt of each stays charged: perhaps a document of it did it.
            Exception: Whatever else it is, as it came; the jobs are still held.
        """
        if isinstance(error, DeviceLostError):
            self._expire_all(claims, error)
        raise error

    def begin_job(self, claim: Claim) -> Claim | None:
        """Begin a prefetched job: it is charged from here on. None if it must not be computed, and
        then it is let go at once: others may have it.
        """
        begun = self.settle(claim, lambda: self._ledger.begin(claim) or _REFUSED)
        if isinstance(begun, Claim):
            return begun
        if begun is _REFUSED:
            self.refuse(claim)
        return None

    def refuse(self, claim: Claim) -> None:
        """Let a prefetched job go that must not begin."""
        logger.warning(
            "job %d: cancelled, paused or lost to another", claim.job_id, extra=about(claim)
        )
        self._ledger.give_back(claim, "it must not begin")
        self._heartbeat.drop(claim)

    def is_lost(self, claim: Claim) -> bool:
        """Whether a job is no longer ours; then it is let go."""
        try:
            self._heartbeat.check(claim)
        except LeaseLostError:
            logger.warning(NOT_WRITTEN, claim.job_id, extra=about(claim))
            self._heartbeat.drop(claim)
            return True
        return False

    def recover(self) -> None:
        """Note that this worker works; if it did not, let everybody know."""
        if self._backoff.reset():
            self._ledger.record_ready()

    def back_off(self, reason: str) -> None:
        """Say that this worker is not ready, and wait: a worker that fails at once would else win
        every message from those that are well.
        """
        seconds = self._backoff.next_delay()
        logger.error("not ready for %g s: %s", seconds, reason)
        self._ledger.record_not_ready(reason, seconds)
        self._slot.wait(seconds)

    def _release(self, claim: Claim, reason: str) -> None:
        """Put the job back, soon again, since another worker may be well.

        Raises:
            WorkerError: Always.
        """
        self._ledger.release(claim, MIN_BACKOFF_SECONDS)
        self._heartbeat.drop(claim)
        logger.error("job %d: not done: %s", claim.job_id, reason, extra=about(claim))
        raise WorkerError(reason)

    def _expire_all(self, claims: Sequence[Claim], error: DeviceLostError) -> None:
        for claim in claims:
            logger.error("job %d: %s", claim.job_id, error, extra=about(claim))
            # If the database refuses, the lease will end: this process has to, now.
            with contextlib.suppress(SQLAlchemyError, NodeStopping):
                self._ledger.expire(claim, Failure(type(error).__name__, str(error)))
            self._heartbeat.drop(claim)
