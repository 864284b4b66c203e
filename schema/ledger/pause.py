"""Pause: a run's jobs are neither sent nor claimed until it is resumed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select, update

from schema.database import reading, writing
from schema.database.clock import now
from schema.tables import Job, JobState, Run

#: Jobs that one transaction changes at the most, so that no worker waits long for it.
PAUSE_LIMIT = 10_000


class CancelledRunError(ValueError):
    """The run is cancelled, so it can neither be paused nor resumed."""


@dataclass(frozen=True, slots=True)
class Paused:
    """What `pause` or `resume` has found and done.

    Attributes:
        changed: False when the run was so already.
        taken_back: Jobs that went from queued to pending.
        running: Jobs that workers are busy with.
        waiting: Jobs that are pending.
    """

    changed: bool
    taken_back: int
    running: int
    waiting: int


def pause(engine: Engine, run_id: int) -> Paused:
    """Send and claim no more jobs of a run; those that are running are finished.

    Raises:
        CancelledRunError: If the run is cancelled.
    """
    with writing(engine) as connection:
        changed = not _is_paused(connection, run_id)
        if changed:
            connection.execute(update(Run).where(Run.id == run_id).values(paused_at=now()))
    taken_back = _take_back(engine, run_id)
    return _found(engine, run_id, changed, taken_back)


def resume(engine: Engine, run_id: int) -> Paused:
    """Let a paused run go on.

    Raises:
        CancelledRunError: If the run is cancelled.
    """
    with writing(engine) as connection:
        changed = _is_paused(connection, run_id)
    # Jobs that were sent just when the run was paused: their messages found nothing to claim.
    taken_back = _take_back(engine, run_id) if changed else 0
    with writing(engine) as connection:
        connection.execute(update(Run).where(Run.id == run_id).values(paused_at=None))
    return _found(engine, run_id, changed, taken_back)


def _is_paused(connection: Connection, run_id: int) -> bool:
    found = select(Run.name, Run.paused_at, Run.cancelled_at).where(Run.id == run_id)
    run = connection.execute(found.with_for_update(key_share=True)).one()
    if run.cancelled_at is not None:
        raise CancelledRunError(f"run {run.name} is cancelled, and that is for good")
    return run.paused_at is not None


def _take_back(engine: Engine, run_id: int) -> int:
    taken = 0
    while True:
        with writing(engine) as connection:
            ids = connection.execute(
                select(Job.id)
                .where(Job.run_id == run_id, Job.state == JobState.QUEUED)
                .order_by(Job.id)
                .limit(PAUSE_LIMIT)
                .with_for_update()
            ).scalars()
            taken_now = connection.execute(
                update(Job)
                .where(Job.id.in_(ids.all()))
                .values(state=JobState.PENDING, queued_at=None)
            ).rowcount
        if not taken_now:
            return taken
        taken += taken_now


def _found(engine: Engine, run_id: int, changed: bool, taken_back: int) -> Paused:
    with reading(engine) as connection:
        counted = connection.execute(
            select(Job.state, func.count()).where(Job.run_id == run_id).group_by(Job.state)
        ).all()
    counts = {row[0]: row[1] for row in counted}
    running, waiting = counts.get(JobState.RUNNING, 0), counts.get(JobState.PENDING, 0)
    return Paused(changed, taken_back, running, waiting)
