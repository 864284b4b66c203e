"""What all jobs of a child share, as one object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from schema.settings import Settings
from workers.child.failure_policy import FailurePolicy
from workers.child.heartbeat import Heartbeat
from workers.child.job_reader import JobReader
from workers.child.ledger_client import LedgerClient
from workers.child.prefetch import Prefetcher
from workers.child.writer import ResultWriter
from workers.node.scoreboard import ScoreboardSlot

if TYPE_CHECKING:
    from workers.engine.engine import Engine
    from workers.models.registry import ModelRegistry


@dataclass(frozen=True, slots=True)
class JobContext:
    """What all jobs of one child share. Made once, when the models are warm.

    Attributes:
        ledger: The ledger's verbs, each tried again while the database is away.
        engines: By analysis; only those of the node's queues.
        slot: This child's on the node's scoreboard.
        settings: Limits in seconds, leases, windows of dispatch.
        heartbeat: Renews the leases of the claims that it holds, while its block runs.
        failures: Decides what becomes of a job that could not be computed, or written.
        models: What the engines have in memory.
        reader: Reads the documents of a job.
        prefetcher: Claims, reads and tokenises the next job in a thread.
        writer: Writes the job before in a thread.
    """

    ledger: LedgerClient
    engines: Mapping[str, Engine]
    slot: ScoreboardSlot
    settings: Settings
    heartbeat: Heartbeat
    failures: FailurePolicy
    models: ModelRegistry
    reader: JobReader
    prefetcher: Prefetcher
    writer: ResultWriter

    @classmethod
    def of(
        cls,
        ledger: LedgerClient,
        engines: Mapping[str, Engine],
        slot: ScoreboardSlot,
        settings: Settings,
        models: ModelRegistry,
    ) -> Self:
        """Make all that is not given of what is."""
        heartbeat = Heartbeat(ledger.database, settings, slot)
        failures = FailurePolicy(ledger, heartbeat, slot)
        return cls(
            ledger=ledger,
            engines=engines,
            slot=slot,
            settings=settings,
            heartbeat=heartbeat,
            failures=failures,
            models=models,
            reader=JobReader(ledger, engines),
            prefetcher=Prefetcher(ledger, engines, heartbeat, slot, settings.load_timeout),
            writer=ResultWriter(ledger, heartbeat, failures, models),
        )
