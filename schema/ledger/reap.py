"""Reap: the periodic step that frees what workers have left behind when they died."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, text, tuple_, update

from schema.database import writing
from schema.database.clock import now
from schema.ledger.unblock import unblock_for
from schema.results import Failure
from schema.tables import DeadLetter, DocumentRow, Job, JobState, RunDocument

#: Rows of jobs that a step works on.
Jobs = Sequence[Row[*tuple[Any, ...]]]

#: Jobs that one step frees at the most, so that it holds its locks for milliseconds only.
REAP_LIMIT = 500
#: The failure of a document whose workers went silent each time that it stood alone.
LOST = Failure("WorkerLost", "its worker died or hung and could not say why")


@dataclass(frozen=True, slots=True)
class Reaped:
    """What one step has done, in jobs."""

    expired: int = 0
    halved: int = 0
    dead: int = 0


def reap(
    engine: Engine, max_attempts: int, *, is_steady: Callable[[datetime], bool] | None = None
) -> Reaped:
    """Free the jobs whose leases are over. Any number of reapers may run at once.

    A running job whose lease is over goes back to pending. If that happens a second time its
    worker has died twice on it, so it comes back in halves, until the document that kills workers
    stands alone; that one is dead after `max_attempts`. A job that was only prefetched goes back as
    it was.

    Args:
        engine: The database.
        max_attempts: Claims of a job of one document before it is given up.
        is_steady: Whether living workers could renew their leases until now, the database's time.
            Asked when nothing is left to wait for: whoever locked a table longer than a lease has
            kept us waiting, and everybody who would have renewed one.
    """
    with writing(engine) as connection:
        _have_tables(connection)
        clock = connection.execute(select(now())).scalar_one()
        if is_steady is not None and not is_steady(clock):
            return Reaped()
        expired = _lock_expired(connection, clock)
        again, halves, dead = _sort(expired, max_attempts)
        _back_to_pending(connection, again)
        _halve(connection, halves)
        _bury(connection, dead)
        unblock_for(connection, dead)
    return Reaped(len(expired), len(halves), len(dead))


def _have_tables(connection: Connection) -> None:
    """Wait for locks on the tables that we use, now, while we hold no job that others wait for."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE runs, run_documents, documents IN ROW SHARE MODE"))
        connection.execute(text("LOCK TABLE jobs, dead_letters IN ROW EXCLUSIVE MODE"))


def _lock_expired(connection: Connection, clock: datetime) -> Jobs:
    """Running jobs whose lease is over, but for those that another reaper holds."""
    return connection.execute(
        select(Job)
        .with_only_columns(
            Job.id,
            Job.run_id,
            Job.analysis,
            Job.first_position,
            Job.end_position,
            Job.attempts,
            Job.started_at,
            Job.error_class,
            Job.error_message,
        )
        .where(Job.state == JobState.RUNNING, Job.lease_until < clock)
        .limit(REAP_LIMIT)
        .with_for_update(skip_locked=True)
    ).all()


def _sort(jobs: Jobs, max_attempts: int) -> tuple[Jobs, Jobs, Jobs]:
    """The jobs that are tried again as they are, those that are halved, and those that are dead."""
    again, halves, dead = [], [], []
    for job in jobs:
        alone = job.end_position - job.first_position == 1
        if job.started_at is None:
            # It was prefetched: whatever its worker died of, it was not this.
            again.append(job)
        elif not alone and job.attempts >= min(2, max_attempts):
            halves.append(job)
        elif alone and job.attempts >= max_attempts:
            dead.append(job)
        else:
            again.append(job)
    return again, halves, dead


def _back_to_pending(connection: Connection, jobs: Jobs, **values: Any) -> None:
    expiries = Job.lease_expiries + 1
    if jobs:
        connection.execute(
            update(Job)
            .where(Job.id.in_([job.id for job in jobs]))
            .values(state=JobState.PENDING, lease_until=None, lease_expiries=expiries, **values)
        )


def _halve(connection: Connection, jobs: Jobs) -> None:
    # One attempt stays charged: the next death cuts this half in two again.
    middle = (Job.first_position + Job.end_position) // 2
    _back_to_pending(connection, jobs, end_position=middle, attempts=1)
    halves = [
        {
            "run_id": job.run_id,
            "analysis": job.analysis,
            "first_position": (job.first_position + job.end_position) // 2,
            "end_position": job.end_position,
            "state": JobState.PENDING,
            "attempts": 1,
            "fence": 0,
            "failed": 0,
        }
        for job in jobs
    ]
    if halves:
        connection.execute(insert(Job), halves)


def _bury(connection: Connection, jobs: Jobs) -> None:
    """Close jobs of one document each with a dead letter, or none if its customer was forgotten."""
    if not jobs:
        return
    positions = [(job.run_id, job.first_position) for job in jobs]
    found = connection.execute(
        select(RunDocument.run_id, RunDocument.position, RunDocument.document_id)
        .join(DocumentRow, DocumentRow.id == RunDocument.document_id)
        .where(tuple_(RunDocument.run_id, RunDocument.position).in_(positions))
        # In this order `forget` locks them too, so that the two never wait for each other; and it
        # cannot take them from under a letter that we are about to write.
        .order_by(DocumentRow.id)
        .with_for_update(read=True, key_share=True, of=DocumentRow)
    )
    documents = {(row.run_id, row.position): row.document_id for row in found}
    ended = {"state": JobState.DEAD, "lease_until": None, "finished_at": now()}
    for failed in (0, 1):
        ids = [job.id for job in jobs if failed == ((job.run_id, job.first_position) in documents)]
        if ids:
            connection.execute(
                update(Job)
                .where(Job.id.in_(ids))
                .values(**ended, failed=failed, lease_expiries=Job.lease_expiries + 1)
            )
    letters = [
        {
            "run_id": job.run_id,
            "document_id": documents[job.run_id, job.first_position],
            "analysis": job.analysis,
            "error_class": job.error_class or LOST.error_class,
            "message": job.error_message or LOST.message,
            "attempts": job.attempts,
        }
        for job in jobs
        if (job.run_id, job.first_position) in documents
    ]
    if letters:
        connection.execute(insert(DeadLetter).values(failed_at=now()), letters)
