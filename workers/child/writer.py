"""Writing: while a job is computed, a thread writes the one before, and pulls further ones in."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema.ledger.claim import Claim
from schema.ledger.needs import dependants
from schema.results.outcome import Outcome
from workers.child.failure_policy import NOT_WRITTEN, FailurePolicy
from workers.child.heartbeat import Heartbeat
from workers.child.ledger_client import LedgerClient
from workers.child.throughput import ThroughputMeter, throughput_line
from workers.engine.counters import Counters
from workers.node.logs import about

if TYPE_CHECKING:
    from workers.models.registry import ModelRegistry

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JobResult:
    """A job that is computed, and not yet written.

    Attributes:
        counters: What the engine has done for it.
        seconds: From when the child was free for it.
        message: Its id, if Celery has not seen it.
    """

    claim: Claim
    outcomes: Sequence[Outcome]
    counters: Counters
    seconds: float
    message: str | None = None


class ResultWriter:
    """Writes one job at a time, so that a fault has one owner.

    Args:
        ledger: Where to.
        heartbeat: Holds the claims until they are written.
        failures: Decides what becomes of a job that cannot be written.
        models: Are reported now and then, for `triage status`.
    """

    def __init__(
        self,
        ledger: LedgerClient,
        heartbeat: Heartbeat,
        failures: FailurePolicy,
        models: ModelRegistry,
    ) -> None:
        self._ledger, self._models = ledger, models
        self._heartbeat = heartbeat
        self._failures = failures
        self._meter = ThroughputMeter()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._writing: Future[bool] | None = None
        self._claim: Claim | None = None

    def put(self, result: JobResult) -> None:
        """Wait for the job before, then begin to write this one.

        Raises:
            NodeStopping: As `flush`.
            WorkerError: Likewise.
        """
        self.flush()
        self._claim = result.claim
        self._writing = self._thread.submit(self._write, result)

    def flush(self) -> None:
        """Wait until the job that is being written is, or is given up.

        Raises:
            NodeStopping: If the child is to end before the database is back; the job is held.
            WorkerError: If the database refuses; nobody is charged.
        """
        if (claim := self._claim) is None:
            return
        written = self._failures.settle(claim, self._wait)
        if written is not None:
            self._heartbeat.drop(claim)
            self._failures.recover()
        if written is False:
            logger.warning(NOT_WRITTEN, claim.job_id, extra=about(claim))

    def _wait(self) -> bool:
        if self._writing is None:
            return True
        try:
            return self._writing.result()
        finally:
            if self._writing.done():
                self._writing = self._claim = None

    def _write(self, result: JobResult) -> bool:
        claim = result.claim
        if not self._ledger.finish(claim, result.outcomes):
            return False
        reused = sum(outcome.reused for outcome in result.outcomes)
        line = throughput_line(len(result.outcomes), reused, result.counters, result.seconds)
        logger.info("job %d: %s", claim.job_id, line, extra=about(claim))
        self._meter.add(result.counters, result.seconds)
        # Those that wait for this one may go now.
        for analysis in (claim.analysis, *dependants(claim.needs, claim.analysis)):
            self._ledger.pull(analysis)
        if result.message:
            self._ledger.tell_done(claim, result.message, result.seconds)
        if told := self._meter.report():
            self._ledger.report(told, self._models.loaded())
        return True
