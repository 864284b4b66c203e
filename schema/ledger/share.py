"""Fair share: how many jobs a worker may hold, so that others of its kind have some as well."""

from __future__ import annotations

from math import ceil

from sqlalchemy import Connection, func, select

from schema.status.workers import all_worker_status
from schema.tables import Job, JobState, WorkerState

#: Jobs that a worker may hold at the most; more are not even counted.
MAX_JOBS = 64


def share(connection: Connection, analysis: str, held: int) -> int:
    """A worker's fair share of the jobs that it holds and those that nobody has claimed.

    Args:
        connection: To the database.
        analysis: The analysis of the jobs.
        held: Jobs that the worker holds.

    Returns:
        Jobs that it may hold, at least one, at most `MAX_JOBS`.
    """
    workers = sum(
        analysis in worker.analyses and worker.state != WorkerState.NOT_READY
        for worker in all_worker_status(connection)
    )
    waiting = (
        select(Job.id)
        .where(Job.state.in_([JobState.PENDING, JobState.QUEUED]), Job.analysis == analysis)
        .limit(MAX_JOBS * max(1, workers))
    )
    count = connection.execute(select(func.count()).select_from(waiting.subquery())).scalar_one()
    return min(MAX_JOBS, max(1, ceil((count + held) / max(1, workers))))
