"""The job source: what is computed next, what may join what, and when a job is charged.

A job that joins others is begun, and so charged, before those before it are finished. If the child
dies, all lose an attempt, and at most one is to blame: so what has been tried before goes alone.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

from schema.ledger.claim import Claim
from workers.child.claimed_job import ClaimedJob
from workers.child.context import JobContext
from workers.child.writer import JobResult
from workers.engine.jobs import FinishedJob, PreparedJob

logger = logging.getLogger(__name__)

#: Seconds after which a burst prefetches no more, so that Celery hears of its task. Where jobs join
#: others, and the end of the last costs more, it goes on until another analysis waits for its turn,
#: see `Prefetcher`, …
BURST_SECONDS = 10.0
#: … but prefetches no more after so many seconds beyond these.
MAX_JOINING_SECONDS = 600.0
#: Seconds after which a queue that was empty is asked again.
EMPTY_QUEUE_SECONDS = 1.0
#: Jobs that are begun and not finished, at the most: all of them are released when the node ends.
MAX_JOBS = 24


@dataclass(frozen=True, slots=True)
class _Computing:
    """A job that the engine computes, and since when."""

    job: ClaimedJob
    since: float


class JobSource:
    """The jobs of one burst: the first, those that are prefetched, and those that a fault of the
    model has kept from being finished.

    Args:
        context: Of the child.
        first: The job of the message; it has begun.
        began: When the child was free for it, by the monotonic clock.

    Attributes:
        engine: That computes all of them.
    """

    def __init__(self, context: JobContext, first: ClaimedJob, began: float) -> None:
        self._context = context
        self._analysis = first.claim.analysis
        self.engine = context.engines[self._analysis]
        self._began = began
        #: To be given by `next`, in this order; all have begun but perhaps the last, which was
        #: prefetched and may not join.
        self._queue: deque[ClaimedJob] = deque([first])
        #: By the job's id, in the order in which they were given.
        self._computing: dict[int, _Computing] = {}
        self._group: str | None = None
        self._is_first = True
        self._free_since = began
        self._ask_again = 0.0

    @property
    def unfinished(self) -> list[Claim]:
        """The claims of jobs that are being computed."""
        return [computing.job.claim for computing in self._computing.values()]

    @property
    def is_joint(self) -> bool:
        """Whether jobs are computed together, rather than one by itself."""
        return self._group is not None

    def next(self) -> PreparedJob | None:
        """Wait for the next job, while none is being computed; None if that was all.

        Raises:
            NodeStopping: If the node is to end while the database is away.
            WorkerError: If the worker cannot tokenise; the job is among the `unfinished`.
        """
        if not self._is_first:
            self._free_since = monotonic()
        self._is_first = False
        with self._context.slot.idle():
            if not self._queue and (job := self._context.prefetcher.wait_for_job()):
                self._queue.append(job)
            if not self._queue:
                return None
            begun = self._begin(self._queue.popleft())
            return self._give(begun) if begun else None

    def join(self, group: str, *, wait: bool) -> PreparedJob | None:
        """Give a job that joins those that are being computed, see `workers.engine.jobs`.

        Args:
            group: Of all their windows.
            wait: Whether to wait for the one that is being prefetched.
        """
        context = self._context
        while self._may_take(wait):
            with context.slot.idle():
                if (job := context.prefetcher.wait_for_job()) is None:
                    return None
                if not self._may_join(job, group):
                    self._queue.append(job)
                    return None
                self._prefetch(held=self._held() + 1)
                if begun := self._begin(job):
                    return self._hand_out(begun, group)
        return None

    def retry_exclusively(self, error: Exception, job_id: int | None = None) -> None:
        """Have `next` give the unfinished jobs again, one by one.

        Args:
            error: That the model raised; at whose document, is found out there.
            job_id: Of the only one that is given again; None for all of them.
        """
        again = list(self._computing) if job_id is None else [job_id]
        # One that is lost meanwhile is not among them.
        unfinished = [each.job for one in again if (each := self._computing.pop(one, None))]
        self._queue.extendleft(replace(job, exclusive=True) for job in reversed(unfinished))
        ids = ", ".join(str(job.claim.job_id) for job in unfinished)
        kind = type(error).__name__
        logger.warning("%s while jobs were computed together; one by one again: %s", kind, ids)

    def drop_lost(self) -> bool:
        """Let go of the jobs that are no longer ours; True if none is left because of that.

        What is on its way of them costs less than to begin anew with the others.
        """
        is_lost = self._context.failures.is_lost
        lost = [number for number, each in self._computing.items() if is_lost(each.job.claim)]
        for number in lost:
            del self._computing[number]
        return bool(lost) and not self._computing

    def finish(self, finished: FinishedJob) -> JobResult | None:
        """What is to be written of a job that the engine has finished; None if it is lost."""
        if (computing := self._computing.pop(finished.job.id, None)) is None:
            return None
        now = monotonic()
        seconds, self._free_since = now - self._free_since, now
        job = computing.job
        assert job.reading is not None
        outcomes = job.reading.outcomes(finished.outcomes)
        return JobResult(job.claim, outcomes, finished.counters, seconds, job.message)

    def _begin(self, job: ClaimedJob) -> ClaimedJob | None:
        """The job and its siblings, charged from here on; None if it must not be computed."""
        if job.has_begun:
            return job
        if self._context.slot.is_stopping:
            return None
        failures = self._context.failures
        claim = failures.begin_job(job.claim)
        if claim is None:
            for sibling in job.siblings:
                failures.refuse(sibling)
            return None
        begun = (failures.begin_job(sibling) for sibling in job.siblings)
        siblings = tuple(sibling for sibling in begun if sibling)
        return replace(job, claim=claim, has_begun=True, siblings=siblings)

    def _give(self, job: ClaimedJob) -> PreparedJob:
        """Get a job ready that has begun, while no other is being computed."""
        context, claim = self._context, job.claim
        # From here on whatever goes wrong is a fault in this job.
        self._group = None
        self._computing[claim.job_id] = _Computing(job, monotonic())
        if not self._queue:
            self._prefetch_beside(job)
        # The first documents of a language may load a model.
        limit = context.settings.load_timeout + context.settings.batch_timeout
        loading = partial(context.slot.computing, limit)
        if job.reading is None:
            job = replace(job, readings=context.reader.read(claim, job.siblings, loading))
        if job.prepared is None:
            with loading():
                windows = self.engine.prepare(job.texts, claim.options)
            job = replace(job, prepared=dict(zip(job.texts, windows, strict=True)))
        group = None if self._is_exclusive(job) else self._group_of(job)
        # Those that cannot go with it go by themselves.
        apart = job.exclusive_siblings if group is None else job.unread_siblings
        self._queue.extendleft(reversed(apart))
        return self._hand_out(job.without(apart), group)

    def _hand_out(self, job: ClaimedJob, group: str | None) -> PreparedJob:
        self._group = group
        for each in (job, *job.sibling_jobs):
            self._computing[each.claim.job_id] = _Computing(each, monotonic())
        return job.prepared_job(group)

    def _held(self) -> int:
        """Jobs of this analysis that are being computed; siblings are of others."""
        jobs = (each.job for each in self._computing.values())
        return sum(job.claim.analysis == self._analysis for job in jobs)

    def _is_exclusive(self, job: ClaimedJob) -> bool:
        """Whether a job must be computed by itself: it may have been what a worker died of."""
        tried = job.claim.attempts - job.has_begun
        return job.exclusive or tried > 0 or self._context.settings.max_attempts < 2

    def _may_join(self, job: ClaimedJob, group: str) -> bool:
        if job.prepared is None or self._is_exclusive(job) or job.unread_siblings:
            return False
        return self._group_of(job) == group

    def _group_of(self, job: ClaimedJob) -> str | None:
        return self.engine.group_of([*(job.prepared or {}).values()])

    def _may_take(self, wait: bool) -> bool:
        """Whether to take the next job now, if there is one; where none is looked for, one is."""
        context = self._context
        if self._queue or context.slot.is_stopping or not self._may_compute_more():
            return False
        if not context.prefetcher.is_pending and monotonic() >= self._ask_again:
            self._ask_again = monotonic() + EMPTY_QUEUE_SECONDS
            self._prefetch(held=self._held())
        return wait or context.prefetcher.is_ready

    def _may_compute_more(self) -> bool:
        # Where one lane hangs, others would hide it as long as there is something to do.
        oldest = min((each.since for each in self._computing.values()), default=monotonic())
        hangs = monotonic() - oldest > self._context.settings.batch_timeout
        return len(self._computing) + len(self.engine.siblings) < MAX_JOBS and not hangs

    def _prefetch_beside(self, job: ClaimedJob) -> None:
        """Have the next job prefetched while this one is computed, if it is still time for that."""
        prefetcher, slot = self._context.prefetcher, self._context.slot
        # A worker may die of what is tokenised beside it: that must not be all of its attempts.
        is_last = job.claim.attempts > 1 or self._context.settings.max_attempts < 2
        age = monotonic() - self._began
        if is_last or prefetcher.is_pending or slot.is_stopping or age >= BURST_SECONDS:
            return
        joins = self.engine.is_continuous
        prefetcher.start(self._analysis, held=int(joins), age=age, pull=joins)

    def _prefetch(self, held: int) -> None:
        """Have a job prefetched that may join those that are being computed."""
        age = monotonic() - self._began
        if age < BURST_SECONDS + MAX_JOINING_SECONDS and not self._context.slot.is_stopping:
            self._context.prefetcher.start(self._analysis, held=held, age=age, pull=True)
