"""Backlog: what the ledger holds of all runs together, in a few passes over jobs and runs.

It is what a monitor asks every quarter of a minute, so it names no run, and its statements do not
touch documents: a job is a slice of hundreds of them.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, case, cast, func, select

from schema.database.clock import now, seconds_since
from schema.tables import Job, JobState, Run, RunState

#: States of jobs that wait for a worker.
WAITING = (JobState.BLOCKED, JobState.PENDING, JobState.QUEUED)


class Phase(enum.StrEnum):
    """Where a run is, as far as a monitor wants to know."""

    INGESTING = "ingesting"
    OPEN = "open"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents of one analysis, in runs of one phase.

    Attributes:
        blocked: Those of the waiting ones whose turn comes only after another analysis.
        done: With a result, or left alone with a reason.
    """

    analysis: str
    phase: str
    waiting: int
    blocked: int
    in_flight: int
    done: int
    dead: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs of one analysis.

    Attributes:
        queued: Those whose messages are out: the dispatch window.
        running: Those that a worker holds.
        claims: How often jobs were taken: once more for each time that one came back.
        retries: Attempts beyond the first of each job: its lease had ended, or it had failed.
        expiries: How often a lease on one ended without its finish: its worker had died, or hung.
        overdue: Those whose lease is over, and that nobody has freed yet.
        backing_off: Those that wait for their next attempt.
        oldest: Seconds since the oldest run with waiting documents was made that nobody holds back;
            None without any.
    """

    analysis: str
    queued: int
    running: int
    claims: int
    retries: int
    expiries: int
    overdue: int
    backing_off: int
    oldest: float | None


@dataclass(frozen=True, slots=True)
class Rows:
    """Runs of one phase, and the rows of their inputs."""

    phase: str
    runs: int
    read: int
    stored: int
    duplicate: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """The ledger at one moment."""

    documents: tuple[Documents, ...]
    jobs: tuple[Jobs, ...]
    rows: tuple[Rows, ...]


def read_backlog(connection: Connection) -> Backlog:
    """Count what all runs hold."""
    documents, ages = _documents(connection)
    return Backlog(
        documents=tuple(documents),
        jobs=tuple(_jobs(connection, ages)),
        rows=tuple(_rows(connection)),
    )


def _phase() -> Any:
    return case(
        (Run.archived_at.is_not(None), Phase.ARCHIVED.value),
        (Run.cancelled_at.is_not(None), Phase.CANCELLED.value),
        (Run.paused_at.is_not(None), Phase.PAUSED.value),
        (Run.state == RunState.INGESTING, Phase.INGESTING.value),
        else_=Phase.OPEN.value,
    )


def _documents(connection: Connection) -> tuple[list[Documents], dict[str, float]]:
    """The documents, and by analysis the age in seconds of the oldest run that waits."""
    size, bad = func.sum(Job.end_position - Job.first_position), func.sum(Job.failed)
    key = (Job.run_id, Job.analysis, Job.state)
    # Of each run first: the runs are joined once each, and not once a job.
    by_run = select(*key, size.label("size"), bad.label("bad")).group_by(*key).subquery()
    waits = by_run.c.state.in_(WAITING) & Run.paused_at.is_(None) & Run.cancelled_at.is_(None)
    totals = (
        *(func.sum(by_run.c.size), func.sum(by_run.c.bad)),
        seconds_since(func.min(case((waits, Run.created_at)))),
    )
    of_all = (by_run.c.analysis, _phase().label("phase"), by_run.c.state)
    found = connection.execute(
        select(*of_all, *totals).join(Run, Run.id == by_run.c.run_id).group_by(*of_all)
    )
    counts: dict[tuple[str, str], dict[str, int]] = {}
    ages: dict[str, float] = {}
    for analysis, where, state, documents, failed, age in found:
        if age is not None:
            ages[analysis] = max(age, ages.get(analysis, 0.0))
        one = counts.setdefault((analysis, where), dict.fromkeys(_COUNTED, 0))
        dead = int(failed) if state in (JobState.DONE, JobState.DEAD) else 0
        one["dead"] += dead
        one[_counted_as(state)] += int(documents) - dead
        one["blocked"] += int(documents) if state == JobState.BLOCKED else 0
    ordered = sorted(counts.items())
    return [Documents(analysis, where, **one) for (analysis, where), one in ordered], ages


_COUNTED = ("waiting", "blocked", "in_flight", "done", "dead", "cancelled")


def _counted_as(state: str) -> str:
    if state in WAITING:
        return "waiting"
    if state == JobState.RUNNING:
        return "in_flight"
    return "cancelled" if state == JobState.CANCELLED else "done"


def _jobs(connection: Connection, ages: dict[str, float]) -> list[Jobs]:
    over = and_(Job.state == JobState.RUNNING, Job.lease_until < now())
    later = and_(Job.state.in_(WAITING), Job.not_before > now())
    found = connection.execute(
        select(
            Job.analysis,
            func.count().filter(Job.state == JobState.QUEUED).label("queued"),
            func.count().filter(Job.state == JobState.RUNNING).label("running"),
            _integer(Job.fence).label("claims"),
            _integer(case((Job.attempts > 1, Job.attempts - 1), else_=0)).label("retries"),
            _integer(Job.lease_expiries).label("expiries"),
            func.count().filter(over).label("overdue"),
            func.count().filter(later).label("backing_off"),
        )
        .group_by(Job.analysis)
        .order_by(Job.analysis)
    )
    return [Jobs(**row._mapping, oldest=ages.get(row.analysis)) for row in found]


def _integer(column: Any) -> Any:
    """A sum that is no decimal, as PostgreSQL has those of big integers."""
    return cast(func.sum(column), BigInteger)


def _rows(connection: Connection) -> list[Rows]:
    phase = _phase().label("phase")
    counted = [_integer(one) for one in (Run.read, Run.stored, Run.duplicate, Run.rejected)]
    found = connection.execute(
        select(phase, func.count(), *counted).group_by(phase).order_by(phase)
    )
    return [Rows(where, *counts) for where, *counts in found]
