"""Jobs: the ledger."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.database.types import BigId

#: Documents of each run that are urgent: dispatch sends them before those that lie behind, so that
#: a small run is soon through beside a large one. Indexes are made for just this number.
FIRST_DOCUMENTS = 1_000


def _partial(name: str, condition: str, *columns: str) -> Index:
    where = text(condition)
    return Index(name, *columns, postgresql_where=where, sqlite_where=where)


class JobState(enum.StrEnum):
    """Where a job is: pending → queued → running → done, back to pending, dead or cancelled;
    blocked while it waits for other jobs of its documents.
    """

    BLOCKED = "blocked"
    PENDING = "pending"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


#: States of a job that is still to do, or is being done.
OPEN_STATES = (JobState.BLOCKED, JobState.PENDING, JobState.QUEUED, JobState.RUNNING)


class Job(Base):
    """Table `jobs`: a slice of a run's documents for one analysis.

    The slice is the positions `first_position` (inclusive) to `end_position` (exclusive). All
    times are the database's own clock.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("run_id", "analysis", "first_position"),
        # The window's count and the reaper begin with a state.
        Index(None, "state", "analysis", "run_id", "id"),
        # What dispatch sends next, of however many runs: see `schema.ledger.waiting`. Conditions
        # are written so that they fit no other index, which SQLite would prefer. …
        _partial(
            "ix_jobs_first",
            f"state || '' = 'pending' AND first_position < {FIRST_DOCUMENTS}",
            *("analysis", "first_position", "id"),
        ),
        _partial(
            "ix_jobs_later",
            f"state || '' = 'pending' AND first_position + 0 >= {FIRST_DOCUMENTS}",
            *("analysis", "run_id", "id"),
        ),
        # … and what has begun of late.
        _partial("ix_jobs_begun", "started_at IS NOT NULL", "analysis", "started_at"),
        # The id of a deleted run's job is never another's: a worker may still hold a claim of it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    analysis: Mapped[str]
    first_position: Mapped[int] = mapped_column(BigInteger)
    end_position: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    #: Times that computing began; charged before it does, so that a crash counts.
    attempts: Mapped[int]
    #: Grows with every claim; only the holder of the newest may finish the job.
    fence: Mapped[int]
    #: The node and child that claimed it last, e.g. `gpu0@host/0`.
    worker: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    #: Not to be claimed before, after a release with a back-off.
    not_before: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]
    #: When computing began; null while a job is only claimed ahead.
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    #: Seconds from when computing began to the finish.
    seconds: Mapped[float | None]
    #: Documents of the slice that became dead letters.
    failed: Mapped[int]
    #: Documents of the slice that took results that were there already, forgotten ones included.
    reused: Mapped[int] = mapped_column(server_default="0")
    #: Times that a lease on it ended without its finish: the worker had died, or hung.
    lease_expiries: Mapped[int] = mapped_column(server_default="0")
    #: What ended the last attempt, if it failed as a whole: an exception's class, or a signal.
    error_class: Mapped[str | None]
    #: The same in a sentence that quotes no document.
    error_message: Mapped[str | None]
