"""Prefetching: while a job is computed, a thread claims, reads and tokenises the next one."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from schema.broker.messages import BrokerError
from schema.ledger.claim import Claim, UnknownOptionsError
from workers.child.claimed_job import ClaimedJob
from workers.child.heartbeat import Heartbeat
from workers.child.job_reader import JobReader
from workers.child.ledger_client import LedgerClient
from workers.child.retry import NodeStopping
from workers.node.logs import about
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
#: Seconds between two looks for urgent messages while others are computed.
URGENT_LOOK = 0.05


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which job is to be taken; as `Prefetcher.start`, or only an urgent one."""

    analysis: str
    held: int
    age: float
    pull: bool
    later_first: bool = False
    only_urgent: bool = False


class Prefetcher:
    """Takes one job ahead. It is claimed without being charged: until it begins, whatever happens
    is the fault of another.

    Args:
        ledger: Claims and reads.
        engines: Tokenise, by analysis.
        heartbeat: Holds a claim as soon as it is made.
        slot: Of this child; says that it computes while the tokenising is waited for.
        load_timeout: Seconds that tokenising may take, since it may load a model.
    """

    def __init__(
        self,
        ledger: LedgerClient,
        engines: Mapping[str, Engine],
        heartbeat: Heartbeat,
        slot: ScoreboardSlot,
        load_timeout: float,
    ) -> None:
        self._ledger = ledger
        self._engines = engines
        self._heartbeat = heartbeat
        self._slot = slot
        self._load_timeout = load_timeout
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="prefetch")
        self._pending: Future[ClaimedJob | None] | None = None
        self._urgent: Future[ClaimedJob | None] | None = None
        self._next_look = 0.0
        self._reader = JobReader(ledger, engines)
        self._is_tokenising = False

    def start(
        self, analysis: str, *, held: int, age: float, pull: bool, later_first: bool = False
    ) -> None:
        """Begin to take the job whose turn it is; returns at once.

        Args:
            analysis: Of the queue. The child's other analyses have their turns as well.
            held: Jobs that this child holds: none is taken that would be another worker's share.
            age: Seconds that this analysis has had its turn.
            pull: Whether to have messages sent where none waits.
            later_first: Whether to take what is urgent only where nothing else waits; the child
                looks for that with `take_urgent`.
        """
        which = _Wanted(analysis, held, age, pull, later_first=later_first)
        self._pending = self._thread.submit(self._take, which)

    @property
    def is_pending(self) -> bool:
        """Whether a job is looked for, or was, and nobody has waited for the outcome."""
        return self._pending is not None

    @property
    def is_ready(self) -> bool:
        """Whether `wait_for_job` would return at once."""
        return self._pending is not None and self._pending.done()

    def wait_for_job(self) -> ClaimedJob | None:
        """Wait for the job; None if there was none, or none was looked for. Where reading or
        tokenising it failed, that is left to whoever computes it.
        """
        pending, self._pending = self._pending, None
        return self._outcome(pending)

    def wait_for_any(self) -> ClaimedJob | None:
        """Wait for the urgent job, or else for the other."""
        return self.wait_for_urgent() or self.wait_for_job()

    def take_urgent(self, analysis: str, age: float, *, search: bool) -> ClaimedJob | None:
        """Take the job of an urgent message, if one waits; whatever else `start` has found is left.

        Where none has come, that is known within a millisecond; where one has, another is looked
        for at once, while it is computed.

        Args:
            analysis: Of the queue.
            age: Seconds that this analysis has had its turn.
            search: Whether to look for one now; else only what was found before is taken.
        """
        if self._pending is not None and self._pending.done():
            found = self._pending.result()
            if found and found.urgency is not None:
                return self.wait_for_job()
        if self._urgent is not None:
            if not self._urgent.done():
                return None
            if job := self.wait_for_urgent():
                if search:
                    self._start_urgent(analysis, age)
                return job
        # The thread would first end what it is at.
        is_busy = self._pending is not None and not self._pending.done()
        if is_busy or not search or monotonic() < self._next_look:
            return None
        self._next_look = monotonic() + URGENT_LOOK
        self._start_urgent(analysis, age)
        if job := self.wait_for_urgent():
            self._start_urgent(analysis, age)
        return job

    def wait_for_urgent(self) -> ClaimedJob | None:
        """Wait for the urgent job that is looked for; None if there was none, or none is."""
        pending, self._urgent = self._urgent, None
        return self._outcome(pending)

    def _outcome(self, pending: Future[ClaimedJob | None] | None) -> ClaimedJob | None:
        if pending is None:
            return None
        while not wait([pending], POLL_INTERVAL).done:
            if self._is_tokenising:
                with self._slot.computing(self._load_timeout):
                    wait([pending])
        return pending.result()

    def _start_urgent(self, analysis: str, age: float) -> None:
        which = _Wanted(analysis, 0, age, pull=False, only_urgent=True)
        self._urgent = self._thread.submit(self._take, which)

    def _take(self, which: _Wanted) -> ClaimedJob | None:
        """Whatever goes wrong here goes wrong again where it has an owner."""
        analysis = which.analysis
        try:
            found = self._find(which)
        except BrokerError as error:
            redis_outage.note(str(error))
            return None
        except (UnknownOptionsError, SQLAlchemyError, NodeStopping) as error:
            logger.warning("%s: no job prefetched: %s", analysis, type(error).__name__)
            return None
        if found is None:
            return None
        message, (claim, *siblings) = found
        for one in (claim, *siblings):
            self._heartbeat.hold(one)
        job = ClaimedJob(claim, message=message, siblings=tuple(siblings))
        engine = self._engines[analysis]
        try:
            job = replace(job, readings=self._reader.read(claim, siblings, self._tokenising))
            texts = job.texts
            with self._tokenising():
                windows = engine.tokenise(texts, claim.options)
            return replace(job, prepared=dict(zip(texts, windows, strict=True)))
        except Exception as error:
            kind = type(error).__name__
            logger.info("job %d: not prefetched: %s", claim.job_id, kind, extra=about(claim))
            return job

    @contextmanager
    def _tokenising(self) -> Iterator[None]:
        """While it is open, whoever waits for the job allows for a model being loaded."""
        self._is_tokenising = True
        try:
            yield
        finally:
            self._is_tokenising = False

    def _find(self, which: _Wanted) -> tuple[str, list[Claim]] | None:
        """Claim a job, if it is the turn of this analysis and of this worker."""
        analysis, held, age = which.analysis, which.held, which.age
        others = [name for name in self._engines if name != analysis]
        urgent, later = self._ledger.waiting(others)
        if (urgent and age >= URGENT_TURN) or (later and age >= TURN):
            return None
        if held and not self._ledger.may_hold_more(analysis, held):
            return None
        # Beyond its part, nothing that is not urgent goes before what is, elsewhere.
        only_urgent = which.only_urgent or (urgent and (age >= LATER_TURN or held > 1))
        found = self._claim(analysis, only_urgent, which.later_first)
        if found is None and which.pull and not only_urgent:
            self._ledger.pull(analysis)
            found = self._claim(analysis, only_urgent, which.later_first)
        return found

    def _claim(
        self, analysis: str, urgent: bool, later_first: bool
    ) -> tuple[str, list[Claim]] | None:
        """The id of a message, and the claims of its job and the job's siblings."""
        siblings = self._engines[analysis].siblings
        following = partial(self._ledger.next_message, urgent=urgent, later_first=later_first)
        while found := following(analysis):
            message, job_id = found
            if claims := self._ledger.claim(analysis, job_id, siblings, ahead=True):
                return message, claims
            logger.info("job %d: nothing to claim", job_id, extra=about(job_id))
        return None
