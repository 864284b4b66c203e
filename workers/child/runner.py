"""The runner: from one message to a burst of jobs, each claimed, computed and written.

prefetcher   claim, read, tokenise 2 │ claim, read, tokenise 3 │ …
this         compute 1               │ compute 2               │ compute 3 …
writer                               │ write 1                 │ write 2 …

Where the model allows it, jobs overlap while they are computed, see `Engine.compute`.
"""

from __future__ import annotations

import contextlib
import logging
import os
from time import monotonic

from schema.ledger.claim import UnknownOptionsError
from schema.status.workers import ModelInMemory
from workers.child.claimed_job import ClaimedJob
from workers.child.context import JobContext
from workers.child.job_progress import JobProgress
from workers.child.job_source import JobSource
from workers.child.retry import NodeStopping
from workers.errors import DeviceLostError, WorkerError
from workers.node.logs import about
from workers.runtime.progress import Interruption

logger = logging.getLogger(__name__)


class JobRunner:
    """Runs the jobs of a child.

    Args:
        context: What they share: warm engines, the ledger, the threads beside.
    """

    def __init__(self, context: JobContext) -> None:
        self._context = context

    @property
    def models(self) -> list[ModelInMemory]:
        """What this child has in memory."""
        return self._context.models.loaded()

    def run_message(self, analysis: str, job_id: int) -> None:
        """Run a job if it is there to be claimed, and those that follow it in the queue; a late or
        doubled message does nothing.

        Raises:
            NodeStopping: If the node is to end and the message has to go to another.
        """
        context = self._context
        if context.slot.is_stopping:
            raise NodeStopping(f"job {job_id}")
        began = monotonic()
        try:
            siblings = context.engines[analysis].siblings
            claims = context.ledger.claim(analysis, job_id, siblings)
            if not claims:
                logger.info("job %d: nothing to claim", job_id, extra=about(job_id))
                return
            with context.heartbeat as heartbeat:
                for claim in claims:
                    heartbeat.hold(claim)
                first, *others = claims
                self._run_burst(ClaimedJob(first, has_begun=True, siblings=tuple(others)), began)
        except DeviceLostError:
            # Only a new process can go on.
            logging.shutdown()
            os._exit(1)
        except UnknownOptionsError as error:
            context.failures.back_off(str(error))
        except WorkerError as fault:
            context.failures.back_off(str(fault))
            context.ledger.pull(analysis)

    def _run_burst(self, first: ClaimedJob, began: float) -> None:
        """Compute a job, and others as long as they are there and it is not too long."""
        context = self._context
        source = JobSource(context, first, began)
        try:
            while self._compute(source):
                logger.info("all jobs that were computed together are lost; on with others")
            context.writer.flush()
            context.failures.recover()
        except (NodeStopping, SystemExit):
            # Billiard turns a SIGTERM to the child into a SystemExit.
            context.ledger.wait_no_longer()
            raise
        finally:
            self._give_back()

    def _compute(self, source: JobSource) -> bool:
        """Compute the jobs of a source and have them written; returns whether to go on with others
        because nobody wanted the last ones any more.
        """
        context = self._context
        try:
            with (
                context.slot.computing(context.settings.batch_timeout) as deadline,
                contextlib.closing(
                    source.engine.compute(source, JobProgress(deadline, source))
                ) as finished_jobs,
            ):
                for finished in finished_jobs:
                    if result := source.finish(finished):
                        with context.slot.idle():
                            context.writer.put(result)
        except Interruption:
            return source.is_joint
        except Exception as error:
            self._give_up(source, error)
        return False

    def _give_up(self, source: JobSource, error: Exception) -> None:
        """What the engine raised is a fault in the jobs that it was computing; what the writer did
        is seen to, and is no fault in these.
        """
        failures, unfinished = self._context.failures, source.unfinished
        if source.is_joint or not unfinished:
            failures.give_up_together(unfinished, error)
        (claim,) = unfinished
        failures.give_up(claim, error)

    def _give_back(self) -> None:
        """Whatever is still held when a burst ends goes back, and charges nobody."""
        context = self._context
        with contextlib.suppress(NodeStopping, WorkerError):
            context.writer.flush()
        context.prefetcher.wait_for_job()
        context.prefetcher.wait_for_urgent()
        reason = "the node ends" if context.slot.is_stopping else "its burst has ended"
        for claim in context.heartbeat.held:
            context.ledger.give_back(claim, reason)
            context.heartbeat.drop(claim)
