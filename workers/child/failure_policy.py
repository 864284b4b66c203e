"""Settling a step of a job: it goes well, or the job is given up in the way that fits the fault."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from schema.ledger.claim import Claim
from schema.results import Failure
from workers.child.heartbeat import Heartbeat, LeaseLostError
from workers.child.ledger_client import LedgerClient
from workers.child.retry import FIRST, NodeStopping
from workers.errors import DeviceLostError, WorkerError

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Errors of the database that what is written may be to blame for; others are the database's own.
_OF_DOCUMENTS = (DataError, IntegrityError)

#: Of a job that must not be computed.
_REFUSED = object()


class FailurePolicy:
    """Knows whose fault it is.

    Args:
        clerk: Writes it down.
    """

    def __init__(self, ledger_client: LedgerClient) -> None:
        self._ledger = ledger_client

    def settle(self, claim: Claim, beat: Heartbeat, step: Callable[[], T]) -> T | None:
        """Do a step of a job.

        Returns:
            What the step returns, or None if it failed: then the job is given up, and let go.

        Raises:
            NodeStopping: As it comes, as SystemExit; the job is still held.
            DeviceLostError: The attempt stays charged: perhaps a document did it.
            WorkerError: Nobody is charged.
        """
        try:
            return step()
        except LeaseLostError:
            self.lost(claim, beat)
            return None
        except (NodeStopping, SystemExit):
            # Billiard turns a SIGTERM to the child into a SystemExit.
            raise
        except DeviceLostError as fault:
            logger.error("job %d: %s", claim.job_id, fault)
            # If the database refuses, the lease will end: this process has to, now.
            with contextlib.suppress(SQLAlchemyError, NodeStopping):
                self._ledger.expire(claim, Failure(type(fault).__name__, str(fault)))
            beat.drop(claim)
            raise
        except (WorkerError, MemoryError) as fault:
            self._back_off(claim, beat, str(fault) or "no memory left")
        except Exception as error:
            kind = type(error).__name__
            if isinstance(error, SQLAlchemyError) and not isinstance(error, _OF_DOCUMENTS):
                self._back_off(claim, beat, f"the database refuses: {kind}")
            logger.error("job %d: failed with %s", claim.job_id, kind)
            self._ledger.expire(claim, Failure(kind, f"{kind} outside of the model"))
        beat.drop(claim)
        return None

    def begun(self, claim: Claim, beat: Heartbeat) -> Claim | None:
        """Begin a job that was claimed ahead: it is charged from here on. None if it must not be
        computed, and then it is let go at once: others may have it.
        """
        begun = self.settle(claim, beat, lambda: self._ledger.begin(claim) or _REFUSED)
        if isinstance(begun, Claim):
            return begun
        if begun is _REFUSED:
            logger.warning("job %d: cancelled, paused or lost to another", claim.job_id)
            self._ledger.give_back(claim, "it must not begin")
            beat.drop(claim)
        return None

    def lost(self, claim: Claim, beat: Heartbeat) -> None:
        """A job that is no longer ours is let go."""
        logger.warning("job %d: cancelled or lost to another, nothing written", claim.job_id)
        beat.drop(claim)

    def _back_off(self, claim: Claim, beat: Heartbeat, reason: str) -> None:
        """Put the job back, soon again, since another worker may be well.

        Raises:
            WorkerError: Always.
        """
        self._ledger.release(claim, FIRST)
        beat.drop(claim)
        logger.error("job %d: not done", claim.job_id)
        raise WorkerError(reason)
