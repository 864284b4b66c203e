"""Worker status: what each worker does, and how fast, as `triage status` shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from schema.database.clock import after, seconds_since
from schema.tables import Worker

#: Seconds without a sight of its process after which a worker counts as lost.
LOST_AFTER = 60.0
#: Seconds after which a worker that nobody has seen alive is no longer listed.
LISTED_FOR = 600.0


@dataclass(frozen=True, slots=True, order=True)
class ModelInMemory:
    """A model that a worker has loaded: its name in the catalog, and the bytes of its weights."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Throughput:
    """How well a worker has used its machine lately; None where it had nothing to compute.

    Attributes:
        tokens_per_second: Tokens of texts a second, padding not counted.
        padding: Padding's share of all computed tokens, 0..1.
        batch_fill: Share of their token budgets that batches took, 0..1.
        forward_share: Share of the time in which models computed, 0..1.
    """

    tokens_per_second: float | None = None
    padding: float | None = None
    batch_fill: float | None = None
    forward_share: float | None = None


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """A worker as `triage status` shows it.

    Attributes:
        since: When it came into this state.
        in_state: Seconds from then until now.
        unseen: Seconds since its process was last seen alive.
        next_try: Seconds until it tries again, if it is not ready.
        throughput: Of its last jobs.
        models: What it has in memory; None if it has not said it.
        load_seconds: That it took to load them; None if it has not yet.
        device: Where it computes; None if it has not said it.
    """

    worker: str
    analyses: tuple[str, ...]
    state: str
    reason: str | None
    since: datetime
    in_state: float
    unseen: float
    next_try: float | None
    throughput: Throughput
    models: tuple[ModelInMemory, ...] | None = None
    load_seconds: float | None = None
    device: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints; times in ISO 8601, seconds as numbers."""
        printed = asdict(self) | {"since": self.since.isoformat()} | asdict(self.throughput)
        del printed["throughput"]
        return printed


def all_worker_status(connection: Connection) -> list[WorkerStatus]:
    """All workers by name."""
    columns = (
        *(Worker.name, Worker.analyses, Worker.state, Worker.reason, Worker.since),
        *(Worker.models, Worker.load_seconds, Worker.device),
    )
    speeds = [getattr(Worker, field.name) for field in fields(Throughput)]
    found = connection.execute(
        select(
            *columns,
            *speeds,
            seconds_since(Worker.since).label("in_state"),
            seconds_since(Worker.seen_at).label("unseen"),
            seconds_since(Worker.next_try_at).label("late"),
        )
        .where(Worker.seen_at >= after(-LISTED_FOR))
        .order_by(Worker.name)
    )
    return [
        WorkerStatus(
            worker=row.name,
            analyses=tuple(row.analyses),
            state=row.state,
            reason=row.reason,
            since=row.since,
            in_state=max(0.0, row.in_state),
            unseen=max(0.0, row.unseen),
            next_try=None if row.late is None else max(0.0, -row.late),
            throughput=Throughput(*(getattr(row, field.name) for field in fields(Throughput))),
            models=_models(row.models),
            load_seconds=row.load_seconds,
            device=row.device,
        )
        for row in found
    ]


def _models(said: Sequence[Mapping[str, Any]] | None) -> tuple[ModelInMemory, ...] | None:
    if said is None:
        return None
    return tuple(ModelInMemory(str(model["name"]), int(model["bytes"])) for model in said)
