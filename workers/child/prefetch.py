"""Looking ahead: while a job is computed, a thread claims, reads and tokenises the next one."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from schema.broker.messages import BrokerError
from schema.ledger.claim import Claim, UnknownOptionsError
from workers.child.claimed_job import ClaimedJob
from workers.child.heartbeat import Heartbeat
from workers.child.ledger_client import LedgerClient
from workers.child.retry import NodeStopping
from workers.node.redis_outage import redis_outage
from workers.node.scoreboard import POLL_INTERVAL, ScoreboardSlot

if TYPE_CHECKING:
    from workers.engine.engine import Engine

logger = logging.getLogger(__name__)

#: Seconds that an analysis goes on while messages of others wait, …
TURN = 10.0
#: … and while urgent ones do, …
URGENT_TURN = 2.0
#: … of which a large run has its part: so long, one behind the other, its jobs are taken as well.
LATER_TURN = 1.0


class Prefetcher:
    """One job at a time is taken ahead. It is claimed without being charged: whatever happens until
    it begins is the fault of another.

    Args:
        clerk: Claims and reads.
        engines: Tokenise, by analysis.
    """

    def __init__(self, ledger_client: LedgerClient, engines: Mapping[str, Engine]) -> None:
        self._ledger = ledger_client
        self._engines = engines
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._taking: Future[ClaimedJob | None] | None = None
        self._preparing = False

    def look(
        self,
        analysis: str,
        beat: Heartbeat,
        *,
        others: Sequence[str] = (),
        age: float = 0.0,
        pull: bool = False,
        held: int = 0,
    ) -> None:
        """Begin to take the job whose turn it is; returns at once.

        Args:
            analysis: Of the queue.
            beat: Holds the claim as soon as it is made.
            others: Further analyses that this child serves: they have their turns as well.
            age: Seconds that this analysis has had its turn.
            pull: Whether to have messages sent where none waits.
            held: Jobs that are in hand: none is taken that would be another worker's share.
        """
        self._taking = self._thread.submit(self._take, analysis, beat, others, age, pull, held)

    @property
    def looks(self) -> bool:
        """Whether a look has begun whose outcome nobody has asked for."""
        return self._taking is not None

    @property
    def has_looked(self) -> bool:
        """Whether its outcome is there."""
        return self._taking is not None and self._taking.done()

    def wait_for_job(self, slot: ScoreboardSlot, load_timeout: float) -> ClaimedJob | None:
        """Wait for it: the job, or None if none was to be had, or nobody has looked.

        Args:
            slot: Says that it computes while what is waited for is the tokenising, which may load
                a model, and so may hang.
            load_timeout: Seconds that this may take.
        """
        if self._taking is None:
            return None
        while not wait([self._taking], POLL_INTERVAL).done:
            if self._preparing:
                with slot.computing(load_timeout):
                    wait([self._taking])
        taken = self._taking.result()
        self._taking = None
        return taken

    def _take(
        self,
        analysis: str,
        beat: Heartbeat,
        others: Sequence[str],
        age: float,
        pull: bool,
        held: int,
    ) -> ClaimedJob | None:
        """Whatever goes wrong here goes wrong again where it has an owner."""
        try:
            urgent, later = self._ledger.waiting(others)
            if (urgent and age >= URGENT_TURN) or (later and age >= TURN):
                return None
            if held and not self._ledger.may_hold_more(analysis, held):
                return None
            # Beyond its part, nothing that is not urgent goes before what is, elsewhere.
            only_urgent = urgent and (age >= LATER_TURN or held > 1)
            found = self._claim(analysis, only_urgent)
            if found is None and pull and not only_urgent:
                self._ledger.pull(analysis)
                found = self._claim(analysis, only_urgent)
        except BrokerError as error:
            redis_outage.note(str(error))
            return None
        except (UnknownOptionsError, SQLAlchemyError, NodeStopping) as error:
            logger.warning("%s: no job taken ahead: %s", analysis, type(error).__name__)
            return None
        if found is None:
            return None
        message, claimed = found
        beat.hold(claimed)
        documents = None
        try:
            documents = self._ledger.read(claimed)
            self._preparing = True
            prepared = self._engines[analysis].prepare(documents, claimed.options)
        except Exception as error:
            logger.info("job %d: not prepared ahead: %s", claimed.job_id, type(error).__name__)
            return ClaimedJob(claimed, documents, message=message)
        finally:
            self._preparing = False
        return ClaimedJob(claimed, documents, prepared, message)

    def _claim(self, analysis: str, urgent: bool) -> tuple[str, Claim] | None:
        while found := self._ledger.next_message(analysis, urgent=urgent):
            message, job_id = found
            if claimed := self._ledger.claim(analysis, job_id, ahead=True):
                return message, claimed
            logger.info("job %d: nothing to claim", job_id)
        return None
