"""A stream of jobs: documents of the next are computed while the last ones of this one are.

A job of a stream is begun, and so charged, before the one before is done. If the child dies, all of
them lose an attempt, and at most one is to blame: so whatever has been tried before goes alone.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from schema.results import Failure
from schema.results.outcome import Outcome
from schema.settings import Settings
from workers.child.claimed_job import ClaimedJob
from workers.child.failure_policy import FailurePolicy
from workers.child.heartbeat import Heartbeat, LeaseLostError
from workers.child.ledger_client import LedgerClient
from workers.child.prefetch import Prefetcher
from workers.child.retry import NodeStopping
from workers.child.writer import JobResult, ResultWriter
from workers.engine.continuous_batching import Batch, ContinuousBatching
from workers.engine.counters import Counters
from workers.errors import DeviceLostError
from workers.node.scoreboard import Deadline, ScoreboardSlot

logger = logging.getLogger(__name__)

#: Seconds after which a queue that was empty is asked again.
LOOK_AGAIN = 1.0
#: Jobs that are begun and not done, at the most: all of them are released when the node ends.
MOST_JOBS = 24


class JobStream:
    """Runs jobs of one analysis, one after the other, without a gap.

    Args:
        streaming: Of the analysis.
        group: Of all windows of all jobs.
        clerk: Writes down what ends a job.
        ahead: Takes the next jobs.
        look: Has `ahead` take one, if it is still time for that; given how many are in hand.
        writer: Writes what is done.
        collect: Waits until the job before is written.
        settlement: Knows what to do when a job cannot begin.
        beat: Holds the claims.
        slot: This child's.
        config: Limits.
    """

    def __init__(
        self,
        streaming: ContinuousBatching,
        group: str,
        *,
        ledger_client: LedgerClient,
        ahead: Prefetcher,
        look: Callable[[int], None],
        writer: ResultWriter,
        collect: Callable[[], None],
        settlement: FailurePolicy,
        beat: Heartbeat,
        slot: ScoreboardSlot,
        config: Settings,
    ) -> None:
        self._streaming, self._group = streaming, group
        self._ledger, self._prefetcher, self._look = ledger_client, ahead, look
        self._writer, self._collect = writer, collect
        self._failure_policy, self._beat = settlement, beat
        self._slot, self._config = slot, config
        #: Those that are not done, by the order in which they came.
        self._running: dict[int, ClaimedJob] = {}
        self._joined_at: dict[int, float] = {}
        self._came = 0
        #: A job that does not fit into this stream.
        self._aside: ClaimedJob | None = None
        self._look_again = 0.0
        self._since = 0.0

    def run(self, first: ClaimedJob, began: float) -> list[ClaimedJob]:
        """Compute a job, and those that follow it.

        Args:
            first: Begun and tokenised.
            began: When the child was free for it.

        Returns:
            The jobs that are left, to be computed one by one: those that a fault of the model kept
            from being done, and one that does not fit, which is not begun.

        Raises:
            DeviceLostError: The attempt of every job stays charged: perhaps a document did it.
            WorkerError: The jobs are still held, as after whatever else is raised.
        """
        self._since = began
        fault = None
        try:
            with self._slot.computing(self._config.batch_timeout) as deadline:
                on_step = partial(self._on_step, deadline)
                fault = self._streaming.run(
                    self._group, self._join(first), self._more, on_step, self._on_done
                )
        except LeaseLostError:
            logger.info("nothing is left of a stream")
        except DeviceLostError as device:
            self._expire_all(device)
            raise
        left = [replace(job, alone=True) for job in self._running.values()]
        if fault is not None:
            numbers = ", ".join(str(job.claim.job_id) for job in left)
            kind = type(fault).__name__
            logger.warning("%s in a stream; one by one again: jobs %s", kind, numbers)
        return [*left, *([self._aside] if self._aside else [])]

    def _join(self, job: ClaimedJob) -> Batch:
        assert job.documents is not None and job.prepared is not None
        self._running[self._came] = job
        self._joined_at[self._came] = monotonic()
        self._came += 1
        return Batch(job.documents, job.claim.options, job.prepared)

    def _more(self, wait: bool) -> Batch | None:
        # Whoever waits for the database or for a tokenizer is not to be ended as one that hangs.
        with self._slot.idle():
            while (taken := self._taken(wait)) is not None:
                if not fits(taken, self._streaming, self._group, self._config):
                    self._aside = taken
                    return None
                self._look(len(self._running) + 1)
                if begun := self._failure_policy.begun(taken.claim, self._beat):
                    return self._join(replace(taken, claim=begun, begun=True))
        return None

    def _taken(self, wait: bool) -> ClaimedJob | None:
        if self._aside is not None or self._slot.is_stopping or not self._takes_more():
            return None
        if not self._prefetcher.looks and monotonic() >= self._look_again:
            self._look_again = monotonic() + LOOK_AGAIN
            self._look(len(self._running))
        if not (wait or self._prefetcher.has_looked):
            return None
        return self._prefetcher.wait_for_job(self._slot, self._config.load_timeout)

    def _takes_more(self) -> bool:
        # Where one lane hangs, others would hide it as long as there is something to do.
        oldest = min((self._joined_at[number] for number in self._running), default=monotonic())
        hangs = monotonic() - oldest > self._config.batch_timeout
        return len(self._running) < MOST_JOBS and not hangs

    def _expire_all(self, fault: DeviceLostError) -> None:
        for job in self._running.values():
            logger.error("job %d: %s", job.claim.job_id, fault)
            # If the database refuses, the lease will end: this process has to, now.
            with contextlib.suppress(SQLAlchemyError, NodeStopping):
                self._ledger.expire(job.claim, Failure(type(fault).__name__, str(fault)))
            self._beat.drop(job.claim)

    def _on_step(self, deadline: Deadline) -> None:
        deadline.extend()
        for number, job in list(self._running.items()):
            try:
                self._beat.check(job.claim)
            except LeaseLostError:
                # What is on its way of it costs less than to begin anew with the others.
                self._failure_policy.lost(job.claim, self._beat)
                del self._running[number]
                if not self._running:
                    raise

    def _on_done(self, number: int, outcomes: Sequence[Outcome], counters: Counters) -> None:
        del self._joined_at[number]
        if (job := self._running.pop(number, None)) is None:
            return
        with self._slot.idle():
            self._collect()
        now = monotonic()
        computed = JobResult(job.claim, outcomes, counters, now - self._since, job.message)
        self._since = now
        self._writer.write(computed)


def fits(
    job: ClaimedJob, streaming: ContinuousBatching, group: str | None, config: Settings
) -> bool:
    """Whether a job may be part of a stream, of windows of this group.

    Args:
        job: Begun or not.
        streaming: Of its analysis.
        group: None for whatever group the job has.
        config: Says how often a document may be tried.
    """
    if job.alone or job.prepared is None or config.max_attempts < 2:
        return False
    tried = job.claim.attempts - job.begun
    found = streaming.group(job.prepared)
    return tried == 0 and found is not None and group in (None, found)
