"""Finish: a job is done and its results are written, in one transaction guarded by the fence."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, bindparam, update

from schema.database import writing
from schema.database.clock import now, seconds_since
from schema.ledger.claim import Claim
from schema.ledger.unblock import unblock
from schema.ledger.write import Written, write_outcomes
from schema.results.outcome import Outcome
from schema.tables import Job, JobState


def finish(engine: Engine, claim: Claim, outcomes: Sequence[Outcome]) -> bool:
    """Write one outcome for each document of the job, close it, and let go what waited for it.

    Args:
        engine: The database.
        claim: The claim that was worked on.
        outcomes: One for each document of the claim; those of documents that were forgotten since
            are not written.

    Returns:
        False, with nothing written, when the job is no longer this claim's, or never began.
    """
    with writing(engine) as connection:
        # First of all, since it locks the job's row: two who hold the same job take turns here.
        held = {"job": claim.job_id, "held": claim.fence}
        if connection.execute(_CLOSE, held).rowcount != 1:
            return False
        positions = range(claim.first_position, claim.end_position)
        unblock(connection, claim.run_id, claim.needs, claim.analysis, positions)
        written = write_outcomes(connection, claim, outcomes)
        if written != Written():
            counts = {"failed": written.failed, "reused": written.reused}
            connection.execute(update(Job).where(Job.id == claim.job_id).values(counts))
    return True


#: Made once: to make it for every job would take as long as to execute it.
_CLOSE = (
    update(Job)
    .where(
        Job.id == bindparam("job"),
        Job.fence == bindparam("held"),
        Job.state == JobState.RUNNING,
        Job.started_at.is_not(None),
    )
    .values(
        state=JobState.DONE,
        lease_until=None,
        not_before=None,
        finished_at=now(),
        seconds=seconds_since(Job.started_at),
        failed=0,
        reused=0,
    )
)
