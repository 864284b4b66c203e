"""Archive: a run that is over is left out of lists; nothing else of it changes."""

from __future__ import annotations

from sqlalchemy import Engine, select, update

from schema.database import writing
from schema.database.clock import now
from schema.tables import OPEN_STATES, Job, Run, RunState


class UnfinishedRunError(ValueError):
    """The run is not over. Its text is one sentence, with what to do."""


def archive(engine: Engine, run_id: int) -> bool:
    """Leave a run out of lists that name none: `triage status`, `dead`, `retry`, and the reports on
    runs. Its results stay in all others, and `triage verify` goes on to check it.

    If it takes rows in again later, or a dead letter of it is replayed, `triage status` shows it
    until that is over.

    Returns:
        False when it was archived already.

    Raises:
        UnfinishedRunError: If it still takes rows in, has jobs to do, or is being deleted.
    """
    found = select(Run.name, Run.state, Run.cancelled_at, Run.archived_at, Run.deleted_at)
    with writing(engine) as connection:
        # Waits for a block that is being ingested.
        locked = found.where(Run.id == run_id).with_for_update(key_share=True)
        run = connection.execute(locked).one()
        if run.deleted_at is not None:
            raise UnfinishedRunError(f"run {run.name} is being deleted: triage delete {run.name}")
        if run.archived_at is not None:
            return False
        if run.cancelled_at is None and run.state != RunState.INGESTED:
            raise UnfinishedRunError(_unfinished(run.name, "still takes rows in"))
        left = select(Job.id).where(Job.run_id == run_id, Job.state.in_(OPEN_STATES)).limit(1)
        if connection.execute(left).first():
            raise UnfinishedRunError(_unfinished(run.name, "has jobs that are not done"))
        connection.execute(update(Run).where(Run.id == run_id).values(archived_at=now()))
    return True


def _unfinished(run: str, why: str) -> str:
    return (
        f"run {run} {why}: archive it when it has finished, or give it up first with: "
        f"triage cancel {run}"
    )


def restore(engine: Engine, run_id: int) -> bool:
    """Take a run out of the archive.

    Returns:
        False when it was not archived.
    """
    archived = (Run.id == run_id, Run.archived_at.is_not(None))
    with writing(engine) as connection:
        return (
            connection.execute(update(Run).where(*archived).values(archived_at=None)).rowcount == 1
        )
