"""Release: a worker gives a job back unfinished."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Engine, and_, case, select, update
from sqlalchemy.orm import aliased

from schema.database import writing
from schema.database.clock import after
from schema.ledger.claim import Claim
from schema.results import Failure
from schema.tables import Job, JobState


def release(engine: Engine, claim: Claim, delay: float = 0) -> bool:
    """Put the job back to pending, due in `delay` seconds, and charge nobody: the fault was the
    worker's.

    Args:
        engine: The database.
        claim: The claim to give up.
        delay: Back-off in seconds, by the database's clock.

    Returns:
        False when the job is no longer this claim's.
    """
    statement = (
        update(Job)
        .where(Job.id == claim.job_id, Job.fence == claim.fence, Job.state == JobState.RUNNING)
        .values(
            state=JobState.PENDING,
            attempts=_not_charged(),
            lease_until=None,
            not_before=after(delay) if delay else None,
        )
    )
    with writing(engine) as connection:
        return connection.execute(statement).rowcount == 1


def _not_charged() -> ColumnElement[int]:
    """The attempts without this one. A prefetched job that never began was not charged for it."""
    return case((Job.started_at.is_(None), Job.attempts), else_=Job.attempts - 1)


def disown(engine: Engine, job_id: int, worker: str, *, ahead: bool = False) -> bool:
    """Put a job back to pending whose claim was written, but whose worker does not know it: the
    answer was lost with the connection. Siblings that were claimed with it go back too.

    Args:
        engine: The database.
        job_id: The job.
        worker: Name of the worker that may hold it. It must hold no other job, …
        ahead: … unless the claim was to prefetch: then a job that has begun stays as it is, for it
            may be this one, by another message.

    Returns:
        Whether it held any of them.
    """
    not_begun = (Job.started_at.is_(None),) if ahead else ()
    claimed = aliased(Job)
    same_slice = and_(Job.run_id == claimed.run_id, Job.first_position == claimed.first_position)
    held = (
        select(Job.id)
        .join(claimed, same_slice)
        .where(claimed.id == job_id, Job.worker == worker, Job.state == JobState.RUNNING)
        .where(*not_begun)
        .order_by(Job.id)
        .with_for_update(of=Job)
    )
    statement = (
        update(Job)
        .where(Job.id.in_(held))
        .values(state=JobState.PENDING, attempts=_not_charged(), lease_until=None)
    )
    with writing(engine) as connection:
        return connection.execute(statement).rowcount > 0


def expire(engine: Engine, claim: Claim, failure: Failure) -> bool:
    """End the lease of a job that failed as a whole, when nobody knows which document is to blame.

    The attempt stays charged, as when the worker had died: so the reaper has the job tried again,
    then in halves, until the document that it fails on stands alone and is charged with `failure`.

    Returns:
        False when the job is no longer this claim's.
    """
    statement = (
        update(Job)
        .where(Job.id == claim.job_id, Job.fence == claim.fence, Job.state == JobState.RUNNING)
        .values(
            lease_until=after(-1),
            error_class=failure.error_class,
            error_message=failure.message,
        )
    )
    with writing(engine) as connection:
        return connection.execute(statement).rowcount == 1
