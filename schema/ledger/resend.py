"""Resend: jobs whose messages Redis has lost are pending again, so that dispatch sends them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, func, select, update

from schema.database import reading, writing
from schema.database.clock import after
from schema.settings.environment import MAX_STATEMENT_IDS
from schema.tables import Job, JobState


def find_unclaimed(engine: Engine, analysis: str, depth: int, age: float) -> Sequence[int]:
    """Ids of jobs that were sent a while ago and that nobody has claimed, those sent first first.

    Args:
        engine: The database.
        analysis: Whose queue.
        depth: Messages that wait in that queue now: if no more jobs than these are queued, nothing
            is missing, and none is returned.
        age: Seconds since a job was sent, at least.
    """
    queued = (Job.analysis == analysis, Job.state == JobState.QUEUED)
    with reading(engine) as connection:
        counted = connection.execute(select(func.count()).where(*queued)).scalar_one()
        if counted <= depth:
            return []
        return (
            connection.execute(
                select(Job.id)
                .where(*queued, Job.queued_at < after(-age))
                .order_by(Job.queued_at, Job.id)
                .limit(MAX_STATEMENT_IDS)
            )
            .scalars()
            .all()
        )


def resend(engine: Engine, job_ids: Sequence[int], message_timeout: float) -> int:
    """Put jobs whose messages are gone back to pending, unless they have been claimed by now.

    A message that turns up all the same finds nothing to claim, or claims the job first.

    Args:
        engine: The database.
        job_ids: The jobs, at most `MAX_STATEMENT_IDS`.
        message_timeout: Seconds since a job was sent, at least: the messages of younger ones may be
            on their way to a worker.

    Returns:
        Jobs put back.
    """
    # In order of id, and past what somebody else holds: two nodes never wait for each other.
    lost = (
        select(Job.id)
        .where(
            Job.id.in_(job_ids),
            Job.state == JobState.QUEUED,
            Job.queued_at < after(-message_timeout),
        )
        .order_by(Job.id)
        .with_for_update(skip_locked=True)
    )
    with writing(engine) as connection:
        return connection.execute(
            update(Job).where(Job.id.in_(lost)).values(state=JobState.PENDING, queued_at=None)
        ).rowcount
