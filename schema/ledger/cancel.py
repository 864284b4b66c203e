"""Cancel: a run is given up for good; what is done of it stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select, update

from schema.database import writing
from schema.database.clock import now
from schema.tables import OPEN_STATES, Job, JobState, Run

#: Jobs that one transaction changes at the most, so that no worker waits long for it.
CANCEL_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What `cancel` has done.

    Attributes:
        jobs: How many were cancelled now.
        documents: How many are in those jobs, each counted once for each analysis.
        before: When the run had been cancelled already, if it had.
    """

    jobs: int
    documents: int
    before: datetime | None


def cancel(engine: Engine, run_id: int) -> Cancelled:
    """Cancel all jobs of a run that are not done or dead, for good.

    A worker that is busy with one finds its claim gone: its heartbeat and its finish do nothing.

    Args:
        engine: The database.
        run_id: The run. In one that was cancelled before, jobs that were left over are cancelled.
    """
    with writing(engine) as connection:
        # Waits for a block that is being ingested; the next one is refused.
        found = select(Run.cancelled_at).where(Run.id == run_id).with_for_update(key_share=True)
        before = connection.execute(found).scalar_one()
        if before is None:
            connection.execute(update(Run).where(Run.id == run_id).values(cancelled_at=now()))
    jobs = documents = 0
    # Again until nothing is left: a reaper may cut a job in halves meanwhile.
    while block := _cancel_block(engine, run_id):
        jobs += len(block)
        documents += sum(block)
    return Cancelled(jobs, documents, before)


def _cancel_block(engine: Engine, run_id: int) -> list[int]:
    """Cancel some jobs; returns their sizes in documents, none when nothing was left to cancel."""
    left = (Job.run_id == run_id, Job.state.in_(OPEN_STATES))
    with writing(engine) as connection:
        found = connection.execute(
            select(Job.id, Job.end_position - Job.first_position)
            .where(*left)
            # Those that wait last, as whoever closes a job locks them.
            .order_by(Job.state == JobState.BLOCKED, Job.id)
            .limit(CANCEL_LIMIT)
            .with_for_update()
        ).all()
        connection.execute(
            update(Job)
            .where(Job.id.in_([row[0] for row in found]))
            .values(state=JobState.CANCELLED, lease_until=None, not_before=None, queued_at=None)
        )
    return [row[1] for row in found]
