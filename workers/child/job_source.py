"""The job source: what is computed next, what may join what, and when a job is charged.

A job that joins others is begun, and so charged, before those before it are finished. If the child
dies, all lose an attempt, and at most one is to blame: so what has been tried before goes alone.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import replace
from functools import partial
from time import monotonic

from schema.ledger.claim import Claim
from workers.child.claimed_job import ClaimedJob
from workers.child.computing_jobs import ComputingJobs
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
        self._computing = ComputingJobs()
        self._group: str | None = None
        self._is_first = True
        self._free_since = began
        self._ask_again = 0.0

    @property
    def unfinished(self) -> list[Claim]:
        """The claims of jobs that are being computed."""
        return self._computing.claims

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
            queue, prefetcher = self._queue, self._context.prefetcher
            job = queue.popleft() if queue else prefetcher.wait_for_any()
            begun = self._begin(job) if job else None
            return self._give(begun) if begun else None

    def join(self, group: str, *, wait: bool) -> PreparedJob | None:
        """Give a job that joins those that are being computed, see `workers.engine.jobs`.

        Args:
            group: Of all their windows.
            wait: Whether to wait for the one that is being prefetched.
        """
        while self._may_take(wait):
            with self._context.slot.idle():
                if (job := self._context.prefetcher.wait_for_job()) is None:
                    return None
                if joined := self._join(job, group):
                    return joined
        return None

    def join_urgent(self, group: str) -> PreparedJob | None:
        """Give the job of an urgent message, if one waits, which joins those that are computed."""
        context, age = self._context, monotonic() - self._began
        if not self._has_capacity() or age >= BURST_SECONDS + MAX_JOINING_SECONDS:
            return None
        with context.slot.idle():
            # Beside urgent jobs alone it would go before nobody, and might be another's share.
            search = not self._computing.all_are_urgent
            job = context.prefetcher.take_urgent(self._analysis, age, search=search)
            return self._join(job, group) if job else None

    def retry_exclusively(self, error: Exception, job_id: int | None = None) -> None:
        """Have `next` give the unfinished jobs again, one by one.

        Args:
            error: That the model raised; at whose document, is found out there.
            job_id: Of the only one that is given again; None for all of them.
        """
        # One that is lost meanwhile is not among them.
        unfinished = self._computing.pop_all(None if job_id is None else [job_id])
        self._queue.extendleft(replace(job, exclusive=True) for job in reversed(unfinished))
        ids = ", ".join(str(job.claim.job_id) for job in unfinished)
        kind = type(error).__name__
        logger.warning("%s while jobs were computed together; one by one again: %s", kind, ids)

    def drop_lost(self) -> bool:
        """Let go of the jobs that are no longer ours; True if none is left because of that.

        What is on its way of them costs less than to begin anew with the others.
        """
        return self._computing.drop(self._context.failures.is_lost)

    def finish(self, finished: FinishedJob) -> JobResult | None:
        """What is to be written of a job that the engine has finished; None if it is lost."""
        if (job := self._computing.pop(finished.job.id)) is None:
            return None
        now = monotonic()
        seconds, self._free_since = now - self._free_since, now
        assert job.reading is not None
        outcomes = job.reading.outcomes(finished.outcomes)
        return JobResult(job.claim, outcomes, finished.counters, seconds, job.message)

    def _join(self, job: ClaimedJob, group: str) -> PreparedJob | None:
        """The job, if it may join those that are computed; else it is the next when these are."""
        if not self._may_join(job, group):
            self._queue.append(job)
            return None
        if not self._context.prefetcher.is_pending:
            self._prefetch(held=self._held() + 1)
        begun = self._begin(job)
        return self._hand_out(begun, group) if begun else None

    def _begin(self, job: ClaimedJob) -> ClaimedJob | None:
        """The job and its siblings, charged from here on; None if it must not be computed."""
        if self._context.slot.is_stopping and not job.has_begun:
            return None
        return job.begin(self._context.failures)

    def _give(self, job: ClaimedJob) -> PreparedJob:
        """Get a job ready that has begun, while no other is being computed."""
        context, claim = self._context, job.claim
        # From here on whatever goes wrong is a fault in this job.
        self._group = None
        self._computing.add(job)
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
            self._computing.add(each)
        return job.prepared_job(group)

    def _held(self) -> int:
        return self._computing.count(self._analysis)

    def _is_exclusive(self, job: ClaimedJob) -> bool:
        return job.was_tried or self._context.settings.max_attempts < 2

    def _may_join(self, job: ClaimedJob, group: str) -> bool:
        is_ready = job.prepared is not None and not job.unread_siblings
        return is_ready and not self._is_exclusive(job) and self._group_of(job) == group

    def _group_of(self, job: ClaimedJob) -> str | None:
        return self.engine.group_of([*(job.prepared or {}).values()])

    def _may_take(self, wait: bool) -> bool:
        """Whether to take the next job now, if there is one; where none is looked for, one is."""
        if not self._has_capacity():
            return False
        prefetcher = self._context.prefetcher
        if not prefetcher.is_pending and monotonic() >= self._ask_again:
            self._ask_again = monotonic() + EMPTY_QUEUE_SECONDS
            self._prefetch(held=self._held())
        return wait or prefetcher.is_ready

    def _has_capacity(self) -> bool:
        if self._queue or self._context.slot.is_stopping:
            return False
        # Where one lane hangs, others would hide it as long as there is something to do.
        hangs = self._computing.oldest_seconds > self._context.settings.batch_timeout
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
        # A large run is to keep its part of each worker.
        later_first = joins and self._computing.others_are_owed
        held = int(joins)
        prefetcher.start(self._analysis, held=held, age=age, pull=joins, later_first=later_first)

    def _prefetch(self, held: int) -> None:
        """Have a job prefetched that may join those that are being computed."""
        age = monotonic() - self._began
        if age < BURST_SECONDS + MAX_JOINING_SECONDS and not self._context.slot.is_stopping:
            later_first = self._computing.others_are_owed
            prefetcher = self._context.prefetcher
            prefetcher.start(self._analysis, held=held, age=age, pull=True, later_first=later_first)
