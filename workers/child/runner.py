"""Running jobs: a burst of them, one after the other; and whose fault it is when one fails.

ahead     claim, read, tokenise 2 │ claim, read, tokenise 3 │ …
this          compute 1           │       compute 2         │ compute 3 …
writer                            │        write 1          │  write 2 …

Where a model takes a stream, compute goes on from one job to the next, see `JobStream`.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy import Engine as Database

from schema.broker.messages import Messages
from schema.ledger.claim import UnknownOptionsError
from schema.settings import Settings
from schema.status.workers import ModelInMemory
from workers.child.claimed_job import ClaimedJob
from workers.child.failure_policy import FailurePolicy
from workers.child.heartbeat import Heartbeat
from workers.child.job_stream import JobStream, fits
from workers.child.ledger_client import LedgerClient
from workers.child.prefetch import Prefetcher
from workers.child.retry import ExponentialBackoff, NodeStopping
from workers.child.writer import JobResult, ResultWriter
from workers.engine.continuous_batching import ContinuousBatching
from workers.errors import DeviceLostError, WorkerError
from workers.node.scoreboard import ScoreboardSlot

if TYPE_CHECKING:
    from workers.engine.engine import Engine
    from workers.models.registry import ModelRegistry

logger = logging.getLogger(__name__)

#: Seconds after which a burst takes no more jobs ahead, so that Celery hears of its task. A stream,
#: whose end costs more, goes on until another analysis waits for its turn, see `Prefetcher`, …
BURST = 10.0
#: … but takes no more jobs after so many seconds.
LONGEST_BURST = 600.0


class JobRunner:
    """A child's warm engines, and what it takes to run jobs with them.

    Args:
        database: The ledger, opened by this process.
        engines: By analysis.
        messages: To pull the next jobs in.
        config: Leases, limits and windows.
        name: This child in the ledger, e.g. `gpu0@host/0`.
        place: This child's place on the node's board.
        models: What the engines have in memory, for `triage status`.
    """

    def __init__(
        self,
        database: Database,
        engines: Mapping[str, Engine],
        messages: Messages,
        config: Settings,
        name: str,
        place: ScoreboardSlot,
        models: ModelRegistry | None = None,
    ) -> None:
        self._database = database
        self._engines = engines
        self._streamings = {
            analysis: ContinuousBatching(engine)
            for analysis, engine in engines.items()
            if engine.streams
        }
        self._config = config
        self._place = place
        self._ledger = LedgerClient(database, messages, config, name, place, models)
        self._prefetcher = Prefetcher(self._ledger, engines)
        self._writer = ResultWriter(self._ledger)
        self._failure_policy = FailurePolicy(self._ledger)
        self._backoff = ExponentialBackoff()

    @property
    def models(self) -> list[ModelInMemory] | None:
        """What this child has in memory, if anybody knows."""
        return self._ledger.models

    def job(self, analysis: str, job_id: int) -> None:
        """Run a job if it is there to be claimed, and those that follow it in the queue; a late or
        doubled message does nothing.

        Raises:
            NodeStopping: If the node is to end and the message has to go to another.
        """
        if self._place.stopping:
            raise NodeStopping(f"job {job_id}")
        began = monotonic()
        try:
            claimed = self._ledger.claim(analysis, job_id)
            if claimed is None:
                logger.info("job %d: nothing to claim", job_id)
                return
            with Heartbeat(self._database, self._config, self._place) as beat:
                beat.hold(claimed)
                self._burst(ClaimedJob(claimed, begun=True), beat, began)
        except DeviceLostError:
            # Only a new process can go on.
            logging.shutdown()
            os._exit(1)
        except UnknownOptionsError as error:
            self._wait_out(str(error))
        except WorkerError as fault:
            self._wait_out(str(fault))
            self._ledger.pull(analysis)

    def _burst(self, first: ClaimedJob, beat: Heartbeat, began: float) -> None:
        """Compute a job, and others as long as they are there and it is not too long."""
        until = began + BURST
        jobs: deque[ClaimedJob] = deque([first])
        try:
            while jobs:
                job = jobs.popleft()
                if not jobs:
                    self._look(job, beat, until)
                job = self._tokenised(job)
                if stream := self._stream(job, beat, until):
                    jobs.extend(stream.run(job, began))
                else:
                    computed = self._compute(job, beat, began)
                    self._collect(beat)
                    if computed is None:
                        break
                    self._writer.write(computed)
                began = monotonic()
                if not jobs and (following := self._taken()):
                    jobs.append(following)
                if jobs and not jobs[0].begun:
                    jobs.extendleft(self._begun(jobs.popleft(), beat))
            self._collect(beat)
            self._well()
        except BaseException as error:
            if isinstance(error, NodeStopping | SystemExit):
                self._ledger.wait_no_longer()
            raise
        finally:
            self._put_back(beat)

    def _look(self, job: ClaimedJob, beat: Heartbeat, until: float) -> None:
        """Have the next job taken while this one is computed, if it is still time for that."""
        analysis = job.claim.analysis
        # A worker may die of what is tokenised beside it: that must not be all of its attempts.
        last = job.claim.attempts > 1 or self._config.max_attempts < 2
        if last or self._prefetcher.looks or self._place.stopping or monotonic() >= until:
            return
        streams = analysis in self._streamings
        age = monotonic() - until + BURST
        others = self._others(analysis)
        self._prefetcher.look(
            analysis, beat, others=others, age=age, pull=streams, held=int(streams)
        )

    def _others(self, analysis: str) -> list[str]:
        return [name for name in self._engines if name != analysis]

    def _compute(self, job: ClaimedJob, beat: Heartbeat, began: float) -> JobResult | None:
        """What comes of a job; None if it is given up."""
        claimed, engine = job.claim, self._engines[job.claim.analysis]
        before = engine.counters.copy()

        def on_progress() -> None:
            self._place.computing(self._config.batch_timeout)
            beat.check(claimed)

        def compute() -> JobResult:
            documents = self._ledger.read(claimed) if job.documents is None else job.documents
            # Tokenising the first documents of a language may load a model.
            loading = self._config.load_timeout if job.prepared is None else 0
            self._place.computing(loading + self._config.batch_timeout)
            try:
                outcomes = engine.outcomes(documents, claimed.options, on_progress, job.prepared)
            finally:
                self._place.waiting()
            done = engine.counters - before
            return JobResult(claimed, outcomes, done, monotonic() - began, job.message)

        return self._failure_policy.settle(claimed, beat, compute)

    def _tokenised(self, job: ClaimedJob) -> ClaimedJob:
        """A job that might go into a stream, with its documents; what goes wrong here goes wrong
        again where it has an owner.
        """
        if job.claim.analysis not in self._streamings or job.alone or job.prepared is not None:
            return job
        documents = None
        try:
            documents = self._ledger.read(job.claim)
            engine = self._engines[job.claim.analysis]
            self._place.computing(self._config.load_timeout)
            return replace(
                job,
                documents=documents,
                prepared=engine.prepare(documents, job.claim.options),
            )
        except Exception as error:
            if isinstance(error, NodeStopping):
                raise
            logger.info("job %d: not prepared: %s", job.claim.job_id, type(error).__name__)
            return replace(job, documents=documents)
        finally:
            self._place.waiting()

    def _stream(self, job: ClaimedJob, beat: Heartbeat, until: float) -> JobStream | None:
        """What computes a job together with those that follow; None if it goes by itself."""
        analysis = job.claim.analysis
        streaming = self._streamings.get(analysis)
        if streaming is None or not fits(job, streaming, None, self._config):
            return None
        assert job.prepared is not None
        group = streaming.group(job.prepared)
        assert group is not None
        others = self._others(analysis)

        def look(held: int) -> None:
            age = monotonic() - until + BURST
            if age < BURST + LONGEST_BURST and not self._place.stopping:
                self._prefetcher.look(analysis, beat, others=others, age=age, pull=True, held=held)

        return JobStream(
            streaming,
            group,
            ledger_client=self._ledger,
            ahead=self._prefetcher,
            look=look,
            writer=self._writer,
            collect=lambda: self._collect(beat),
            settlement=self._failure_policy,
            beat=beat,
            place=self._place,
            config=self._config,
        )

    def _begun(self, job: ClaimedJob, beat: Heartbeat) -> Iterator[ClaimedJob]:
        """The job, charged from here on; nothing if it must not be computed."""
        if self._place.stopping:
            return
        if begun := self._failure_policy.begun(job.claim, beat):
            yield replace(job, claim=begun, begun=True)

    def _taken(self) -> ClaimedJob | None:
        try:
            return self._prefetcher.taken(lambda: self._place.computing(self._config.load_timeout))
        finally:
            self._place.waiting()

    def _collect(self, beat: Heartbeat) -> None:
        """Wait until the job before is written."""
        if (claim := self._writer.claim) is None:
            return
        written = self._failure_policy.settle(claim, beat, self._writer.written)
        if written is not None:
            beat.drop(claim)
            self._well()
        if written is False:
            logger.warning("job %d: cancelled or lost to another, nothing written", claim.job_id)

    def _put_back(self, beat: Heartbeat) -> None:
        """Whatever is still in hand when a burst ends goes back, and charges nobody."""
        with contextlib.suppress(NodeStopping, WorkerError):
            self._collect(beat)
        self._taken()
        why = "the node ends" if self._place.stopping else "its burst has ended"
        for claim in beat.held:
            self._ledger.give_back(claim, why)
            beat.drop(claim)

    def _well(self) -> None:
        if self._backoff.well():
            self._ledger.say_ready()

    def _wait_out(self, reason: str) -> None:
        """Say that this worker is not ready, and wait: a worker that fails at once would else win
        every message from those that are well.
        """
        seconds = self._backoff.fault()
        logger.error("not ready for %g s: %s", seconds, reason)
        self._ledger.say_not_ready(reason, seconds)
        self._place.wait(seconds)
