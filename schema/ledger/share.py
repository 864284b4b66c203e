"""Share: how many jobs a worker may have in hand, so that others of its kind have some as well."""

from __future__ import annotations

from math import ceil

from sqlalchemy import Connection, func, select

from schema.status.workers import all_worker_status
from schema.tables import Job, JobState, WorkerState

#: Jobs that anybody may have in hand; more are not even counted.
MOST = 64


def share(connection: Connection, analysis: str, held: int) -> int:
    """A worker's share of the jobs that it holds and those that nobody has taken.

    Args:
        connection: To the database.
        analysis: Of the jobs.
        held: Jobs that the worker has in hand.

    Returns:
        Jobs that it may have in hand, at least one, at most `MOST`.
    """
    workers = sum(
        analysis in worker.analyses and worker.state != WorkerState.NOT_READY
        for worker in all_worker_status(connection)
    )
    waiting = (
        select(Job.id)
        .where(Job.state.in_([JobState.PENDING, JobState.QUEUED]), Job.analysis == analysis)
        .limit(MOST * max(1, workers))
    )
    count = connection.execute(select(func.count()).select_from(waiting.subquery())).scalar_one()
    return min(MOST, max(1, ceil((count + held) / max(1, workers))))
