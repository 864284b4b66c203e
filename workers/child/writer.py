"""Writing: while a job is computed, a thread writes the one before, and pulls further ones in."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from schema.ledger.claim import Claim
from schema.results.outcome import Outcome
from workers.child.ledger_client import LedgerClient
from workers.child.throughput import ThroughputMeter, in_words
from workers.engine.counters import Counters

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
    """Writes one job at a time.

    Args:
        clerk: Writes.
    """

    def __init__(self, ledger_client: LedgerClient) -> None:
        self._ledger = ledger_client
        self._meter = ThroughputMeter()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._writing: Future[bool] | None = None
        self._claim: Claim | None = None

    @property
    def claim(self) -> Claim | None:
        """Of the job that is being written; None when nobody has to wait for one."""
        return self._claim

    def write(self, computed: JobResult) -> None:
        """Begin to write a job; returns at once. The one before must have been waited for."""
        self._claim = computed.claim
        self._writing = self._thread.submit(self._write, computed)

    def written(self) -> bool:
        """Wait for it: False, with nothing written, if it was no longer ours.

        Raises:
            NodeStopping: If the child is to end before the database is back.
            SQLAlchemyError: What trying again would not mend.
        """
        if self._writing is None:
            return True
        try:
            return self._writing.result()
        finally:
            if self._writing.done():
                self._writing = self._claim = None

    def _write(self, computed: JobResult) -> bool:
        claim = computed.claim
        if not self._ledger.finish(claim, computed.outcomes):
            return False
        words = in_words(len(computed.outcomes), computed.counters, computed.seconds)
        logger.info("job %d: %s", claim.job_id, words)
        self._meter.add(computed.counters, computed.seconds)
        self._ledger.pull(claim.analysis)
        if computed.message:
            self._ledger.tell_done(claim, computed.message, computed.seconds)
        if told := self._meter.report():
            self._ledger.report(told)
        return True
