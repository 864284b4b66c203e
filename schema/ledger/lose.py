"""Lose: a worker's process is gone, as a node of its machine has seen; its leases end at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, case, func, select, update

from schema.database import writing
from schema.database.clock import after
from schema.process import Process
from schema.results import Failure
from schema.tables import Job, JobState, Worker


def lose(engine: Engine, worker: str, process: Process, failure: Failure) -> int:
    """End the leases of a worker that no longer lives; the attempts stay charged.

    Args:
        engine: The database.
        worker: Its name.
        process: The process that is gone. If another has taken its name since, nothing is done:
            that one ended these leases when it registered.
        failure: How it ended; what a job already has of another failure stays.

    Returns:
        Jobs that the reaper may free now.
    """
    with writing(engine) as connection:
        return end_leases(connection, worker, process, failure)


def end_leases(connection: Connection, worker: str, process: Process, failure: Failure) -> int:
    """Do the same within a transaction of the caller's."""
    registered = select(Worker.name).where(
        Worker.name == worker,
        Worker.machine == process.machine,
        Worker.pid == process.pid,
        Worker.process_started == process.started,
    )
    # In order of id, as everybody locks several jobs.
    held = (
        select(Job.id)
        .where(Job.worker == worker, Job.state == JobState.RUNNING, registered.exists())
        .order_by(Job.id)
        .with_for_update()
    )
    return connection.execute(
        update(Job)
        .where(Job.id.in_(held))
        .values(
            lease_until=after(-1),
            error_class=_unless_prefetched(Job.error_class, failure.error_class),
            error_message=_unless_prefetched(Job.error_message, failure.message),
        )
    ).rowcount


def _unless_prefetched(known: Any, said: str) -> ColumnElement[str | None]:
    """The new value, but for a prefetched job: it has nothing to do with the end of its worker."""
    return case((Job.started_at.is_(None), known), else_=func.coalesce(known, said))
