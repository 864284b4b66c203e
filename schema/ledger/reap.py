"""Reap: the periodic step that frees what workers have left behind when they died."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from schema.database import writing
from schema.ledger.clock import now
from schema.results import Failure
from schema.tables import DeadLetter, Job, JobState, RunDocument

#: Jobs that one step frees at the most, so that it holds its locks for milliseconds only.
REAP_LIMIT = 500
#: What a document is charged with whose workers went silent, each time it stood alone.
LOST = Failure("WorkerLost", "its worker died or hung and could not say why")


@dataclass(frozen=True, slots=True)
class Reaped:
    """What one step did, in jobs."""

    expired: int = 0
    halved: int = 0
    dead: int = 0


def reap(engine: Engine, max_attempts: int) -> Reaped:
    """Free the jobs whose leases are over. Any number of reapers may run at once.

    A running job whose lease is over goes back to pending. If that happens a second time its
    worker has died twice on it, so it comes back in halves, until the document that kills workers
    stands alone; that one is dead after `max_attempts`. A job that was only claimed ahead goes back
    as it was.

    Args:
        engine: The database.
        max_attempts: Claims of a job of one document before it is given up.
    """
    with writing(engine) as connection:
        expired = connection.execute(
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
            .where(Job.state == JobState.RUNNING, Job.lease_until < now())
            .limit(REAP_LIMIT)
            .with_for_update(skip_locked=True)
        ).all()
        again, halves, dead = [], [], []
        for job in expired:
            alone = job.end_position - job.first_position == 1
            if job.started_at is None:
                # Claimed ahead: whatever its worker died of, it was not this.
                again.append(job)
            elif not alone and job.attempts >= min(2, max_attempts):
                halves.append(job)
            elif alone and job.attempts >= max_attempts:
                dead.append(job)
            else:
                again.append(job)
        _back_to_pending(connection, again)
        _halve(connection, halves)
        for job in dead:
            _bury(connection, job)
    return Reaped(len(expired), len(halves), len(dead))


def _back_to_pending(
    connection: Connection, jobs: Sequence[Row[*tuple[Any, ...]]], **values: Any
) -> None:
    if jobs:
        connection.execute(
            update(Job)
            .where(Job.id.in_([job.id for job in jobs]))
            .values(state=JobState.PENDING, lease_until=None, **values)
        )


def _halve(connection: Connection, jobs: Sequence[Row[*tuple[Any, ...]]]) -> None:
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


def _bury(connection: Connection, job: Row[*tuple[Any, ...]]) -> None:
    # None at all, when the customer was forgotten since.
    documents = (
        connection.execute(
            select(RunDocument.document_id).where(
                RunDocument.run_id == job.run_id,
                RunDocument.position >= job.first_position,
                RunDocument.position < job.end_position,
            )
        )
        .scalars()
        .all()
    )
    connection.execute(
        update(Job)
        .where(Job.id == job.id)
        .values(state=JobState.DEAD, lease_until=None, finished_at=now(), failed=len(documents))
    )
    if not documents:
        return
    connection.execute(
        insert(DeadLetter).values(failed_at=now()),
        [
            {
                "run_id": job.run_id,
                "document_id": document_id,
                "analysis": job.analysis,
                "error_class": job.error_class or LOST.error_class,
                "message": job.error_message or LOST.message,
                "attempts": job.attempts,
            }
            for document_id in documents
        ],
    )
