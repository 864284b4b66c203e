"""Heartbeat: a worker renews the lease of a job that it still computes."""

from __future__ import annotations

from sqlalchemy import Engine, update

from schema.database import writing
from schema.database.clock import after
from schema.ledger.claim import Claim
from schema.tables import Job, JobState


def heartbeat(engine: Engine, claim: Claim, lease: float) -> bool:
    """Renew the lease of a claim by `lease` seconds from now.

    Returns:
        False when the job is no longer this claim's: reaped, claimed again, or finished.
    """
    statement = (
        update(Job)
        .where(Job.id == claim.job_id, Job.fence == claim.fence, Job.state == JobState.RUNNING)
        .values(lease_until=after(lease))
    )
    with writing(engine) as connection:
        return connection.execute(statement).rowcount == 1
