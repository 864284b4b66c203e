"""Resend: takes jobs back whose messages Redis has lost, so that dispatch sends them again."""

from __future__ import annotations

from sqlalchemy import Engine, func, select, update

from schema.database import reading, writing
from schema.ledger.clock import after
from schema.tables import Job, JobState


def resend(engine: Engine, analysis: str, depth: int, message_timeout: float) -> int:
    """Put queued jobs back to pending if there are more of them than messages.

    A message that turns up all the same finds nothing to claim, or claims the job first.

    Args:
        engine: The database.
        analysis: Whose queue.
        depth: Messages that wait in that queue now.
        message_timeout: Seconds that a job must have been queued: younger ones may be on their way
            to a worker.

    Returns:
        Jobs put back.
    """
    queued = (Job.analysis == analysis, Job.state == JobState.QUEUED)
    overdue = (*queued, Job.queued_at < after(-message_timeout))
    with reading(engine) as connection:
        counted = connection.execute(select(func.count()).where(*queued)).scalar_one()
        if counted <= depth:
            return 0
        if not connection.execute(select(Job.id).where(*overdue).limit(1)).first():
            return 0
    oldest = select(Job.id).where(*overdue).order_by(Job.queued_at, Job.id).limit(counted - depth)
    # In order of id, and past what somebody else holds: two of us never wait for each other.
    lost = (
        select(Job.id)
        .where(Job.id.in_(oldest), *overdue)
        .order_by(Job.id)
        .with_for_update(skip_locked=True)
    )
    with writing(engine) as connection:
        return connection.execute(
            update(Job).where(Job.id.in_(lost)).values(state=JobState.PENDING, queued_at=None)
        ).rowcount
