"""The ledger's verbs as a child uses them, each tried again while the database is away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Engine as Database
from sqlalchemy.exc import SQLAlchemyError

from schema import worker_registry
from schema.broker.messages import BrokerError, Messages
from schema.database import DatabaseError, reading
from schema.database.reasons import reason_of
from schema.document import Document
from schema.ledger.begin import begin
from schema.ledger.claim import Claim, claim_together
from schema.ledger.dispatch import dispatch
from schema.ledger.documents import read_documents
from schema.ledger.finish import finish
from schema.ledger.known import find_known
from schema.ledger.release import disown, expire, release
from schema.ledger.share import share
from schema.migrations.revision import RevisionError, check_revision
from schema.results import Failure, Result
from schema.results.outcome import Outcome
from schema.settings import Settings
from schema.status.workers import ModelInMemory, Throughput
from schema.worker_registry import not_ready, ready
from workers.child.retry import retry
from workers.node.logs import about
from workers.node.message_filter import ForgedMessageError, ids_of
from workers.node.redis_outage import redis_outage
from workers.node.scoreboard import ScoreboardSlot

logger = logging.getLogger(__name__)

T = TypeVar("T")


class LedgerClient:
    """Any of a child's threads may ask it.

    Args:
        database: The ledger, opened by this process.
        messages: Redis.
        settings: Leases and windows.
        name: This child in the ledger, e.g. `gpu0@host/0`.
        slot: This child's on the node's scoreboard: tells when to wait no longer.
    """

    def __init__(
        self,
        database: Database,
        messages: Messages,
        settings: Settings,
        name: str,
        slot: ScoreboardSlot,
    ) -> None:
        self._database = database
        self._messages = messages
        self._settings = settings
        self._name = name
        self._slot = slot
        self._ending = threading.Event()

    @property
    def database(self) -> Database:
        """The ledger."""
        return self._database

    def wait_no_longer(self) -> None:
        """The child is ending: whoever waits for the database gives up."""
        self._ending.set()

    def claim(
        self, analysis: str, job_id: int, siblings: Sequence[str] = (), *, ahead: bool = False
    ) -> list[Claim]:
        """Claim a job, unless the node is to end.

        Args:
            analysis: The job's.
            job_id: From the message.
            siblings: Analyses whose jobs of the same documents are claimed with it, if they are
                there and have never been tried.
            ahead: Whether it is prefetched.

        Returns:
            Its claim and those of its siblings; nothing if it is not there to be claimed.

        Raises:
            NodeStopping: If it is.
            UnknownOptionsError: If the run is of a newer producer.
        """
        tries = 0
        # Where one attempt is all there is, every job goes alone.
        others = siblings if self._settings.max_attempts > 1 else ()

        def once() -> list[Claim]:
            nonlocal tries
            tries += 1
            if tries > 1:
                # The first may have been written, and only its answer lost.
                disown(self._database, job_id, self._name, ahead=ahead)
            analyses, lease = [analysis, *others], self._settings.lease
            return claim_together(self._database, job_id, analyses, self._name, lease, ahead=ahead)

        return retry(f"job {job_id}", once, self._slot.wait)

    def next_message(
        self, analysis: str, *, urgent: bool = False, later_first: bool = False
    ) -> tuple[str, int] | None:
        """The message whose turn it is, taken out of the queue: its id, and that of its job; as
        `Messages.take`.

        Raises:
            BrokerError: If Redis cannot be reached.
        """
        take = self._messages.take
        while (raw := take(analysis, urgent=urgent, later_first=later_first)) is not None:
            try:
                return ids_of(analysis, raw)
            except ForgedMessageError as error:
                logger.warning("dropped a message of %d bytes: %s", len(raw), error)
        return None

    def may_hold_more(self, analysis: str, held: int) -> bool:
        """Whether a child that has so many jobs in hand leaves enough for others if it takes one.

        Raises:
            SQLAlchemyError: If the database cannot be asked.
        """
        with reading(self._database) as connection:
            return held < share(connection, analysis, held)

    def waiting(self, analyses: Sequence[str]) -> tuple[bool, bool]:
        """Whether urgent messages wait in the queues of some analyses, and whether others do.

        Raises:
            BrokerError: If Redis cannot be reached.
        """
        depths = self._messages.depths(analyses).values() if analyses else ()
        return any(urgent for urgent, _ in depths), any(later for _, later in depths)

    def begin(self, claimed: Claim) -> Claim | None:
        """Charge the attempt of a job claimed ahead; None if it must not be computed."""
        return self._retry(claimed, lambda: begin(self._database, claimed))

    def read(self, claimed: Claim) -> list[Document]:
        """The documents of a job."""
        return self._retry(claimed, lambda: read_documents(self._database, claimed))

    def find_known(self, claimed: Claim, keys: Iterable[bytes]) -> Mapping[bytes, Sequence[Result]]:
        """The results of a job's analysis that are stored already, by their keys."""
        wanted = list(keys)
        return self._retry(claimed, lambda: find_known(self._database, claimed.analysis, wanted))

    def finish(self, claimed: Claim, outcomes: Sequence[Outcome]) -> bool:
        """Write a job's results; False, and nothing is written, if it is no longer ours."""
        return self._retry(claimed, lambda: finish(self._database, claimed, outcomes))

    def expire(self, claimed: Claim, failure: Failure) -> None:
        """End the lease of a job that failed as a whole."""
        self._retry(claimed, lambda: expire(self._database, claimed, failure))

    def release(self, claimed: Claim, delay: float) -> None:
        """Put a job back; it is due in so many seconds."""
        self._retry(claimed, lambda: release(self._database, claimed, delay))

    def give_back(self, claimed: Claim, why: str) -> None:
        """Put a job back now or never: if that fails, its lease will end."""
        try:
            if release(self._database, claimed):
                logger.info("job %d: released, %s", claimed.job_id, why, extra=about(claimed))
        except SQLAlchemyError as error:
            why = reason_of(error)
            logger.error("job %d: not released: %s", claimed.job_id, why, extra=about(claimed))

    def other_revision(self) -> str | None:
        """In a sentence, that the database is at another revision than this version needs."""
        try:
            check_revision(self._database)
        except RevisionError as error:
            return str(error)
        except DatabaseError:
            pass
        return None

    def record_ready(self) -> None:
        """Let everybody know that this child works."""
        retry("ready", lambda: ready(self._database, self._name), self._wait_while_holding)

    def record_not_ready(self, reason: str, seconds: float) -> None:
        """Let everybody know that it does not, and for how long."""
        retry(
            "not ready",
            lambda: not_ready(self._database, self._name, reason, seconds),
            self._wait_while_holding,
        )

    def report(self, throughput: Throughput, models: Sequence[ModelInMemory]) -> None:
        """Let everybody know how quick this child is, and which models it has in memory; the next
        report may do better.
        """
        try:
            worker_registry.report(self._database, self._name, throughput, models)
        except SQLAlchemyError as error:
            logger.warning("cannot report: %s", reason_of(error))

    def tell_done(self, claimed: Claim, message_id: str, seconds: float) -> None:
        """Let Flower know of a job whose message Celery has not seen."""
        node = self._name.rpartition("/")[0]
        try:
            self._messages.send_task_events(
                node, claimed.analysis, claimed.job_id, message_id, seconds
            )
        except BrokerError as error:
            redis_outage.note(str(error))

    def pull(self, analysis: str) -> None:
        """A finished job pulls the next ones in; if that fails, the node's maintenance will."""
        try:
            if dispatch(self._database, self._messages.publish, analysis, self._settings.window):
                redis_outage.over()
        except BrokerError as error:
            redis_outage.note(str(error))
        except SQLAlchemyError as error:
            logger.warning("cannot dispatch %s: %s", analysis, reason_of(error))

    def _retry(self, claimed: Claim, operation: Callable[[], T]) -> T:
        return retry(f"job {claimed.job_id}", operation, self._wait_while_holding)

    def _wait_while_holding(self, seconds: float) -> bool:
        return self._slot.wait_while_holding(seconds, self._ending)
