"""Workers: the processes that compute, and whether they can."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base


class WorkerState(enum.StrEnum):
    """Whether a worker takes jobs."""

    LOADING = "loading"
    READY = "ready"
    NOT_READY = "not ready"


class Worker(Base):
    """Table `workers`: a child of a node, from its start until its end is noticed."""

    __tablename__ = "workers"

    #: The node and the number of the child, e.g. `gpu0@host/0`; as `jobs.worker` has it.
    name: Mapped[str] = mapped_column(primary_key=True)
    #: The machine, as processes on it see each other; see `schema.process`.
    machine: Mapped[str]
    pid: Mapped[int] = mapped_column(BigInteger)
    #: When the process began, in the kernel's own count: tells it from a later one of this pid.
    process_started: Mapped[int] = mapped_column(BigInteger)
    analyses: Mapped[list[str]]
    state: Mapped[str]
    #: Why it is not ready, in a sentence that quotes no document.
    reason: Mapped[str | None]
    #: Since when it is in this state.
    since: Mapped[datetime]
    #: When it tries again, if it is not ready.
    next_try_at: Mapped[datetime | None]
    #: When a node on its machine last saw the process alive.
    seen_at: Mapped[datetime]
    #: Seconds that it took to load its models; NULL while it loads them.
    load_seconds: Mapped[float | None]
    #: Where it computes: `cpu`, or `cuda:0` and what that is called.
    device: Mapped[str | None]
    #: Tokens a second of its last jobs, …
    tokens_per_second: Mapped[float | None]
    #: … the share of what it computed in them that was padding, 0..1, …
    padding: Mapped[float | None]
    #: … how full its batches were, 0..1, …
    batch_fill: Mapped[float | None]
    #: … and the share of the time, from when it took them, that its models computed, 0..1.
    forward_share: Mapped[float | None]
    #: What it has in memory: objects of `name` and `bytes`; NULL of workers that do not say it.
    models: Mapped[list[Any] | None]
