"""Begin: a worker starts to compute a job that it prefetched; the attempt is charged now."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine, select, update

from schema.database import writing
from schema.database.clock import now
from schema.ledger.claim import Claim
from schema.tables import Job, JobState, Run


def begin(engine: Engine, claim: Claim) -> Claim | None:
    """Charge the attempt of a prefetched job.

    Args:
        engine: The database.
        claim: Made by `claim` with `ahead`.

    Returns:
        The claim with the attempt in it, or None if the job must not be computed: it is no longer
        this claim's, its run is paused, or it has begun already.
    """
    statement = (
        update(Job)
        .where(
            Job.id == claim.job_id,
            Job.fence == claim.fence,
            Job.state == JobState.RUNNING,
            Job.started_at.is_(None),
            select(Run.id).where(Run.id == Job.run_id, Run.paused_at.is_(None)).exists(),
        )
        .values(attempts=Job.attempts + 1, started_at=now())
    )
    with writing(engine) as connection:
        begun = connection.execute(statement).rowcount == 1
    return replace(claim, attempts=claim.attempts + 1) if begun else None
