"""Lose: a worker's process is gone, as a node on its machine has seen; its leases end at once."""

from __future__ import annotations

from sqlalchemy import Engine, func, update

from schema.database import writing
from schema.ledger.clock import after
from schema.results import Failure
from schema.tables import Job, JobState


def lose(engine: Engine, worker: str, failure: Failure) -> int:
    """End the leases of a worker that no longer lives; the attempts stay charged.

    Args:
        engine: The database.
        worker: Its name.
        failure: What is known of its end; what a job knows already stays.

    Returns:
        Jobs that the reaper may free now.
    """
    with writing(engine) as connection:
        return connection.execute(
            update(Job)
            .where(Job.worker == worker, Job.state == JobState.RUNNING)
            .values(
                lease_until=after(-1),
                error_class=func.coalesce(Job.error_class, failure.error_class),
                error_message=func.coalesce(Job.error_message, failure.message),
            )
        ).rowcount
