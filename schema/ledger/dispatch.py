"""Dispatch: keeps a bounded window of messages in Redis, taking turns among runs."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine, Row, func, not_, or_, select, update

from schema.database import reading, writing
from schema.ledger.clock import now
from schema.tables import Job, JobState, Run

#: Messages kept ready for each worker that is busy, with however many jobs at once.
MESSAGES_PER_WORKER = 3
#: Until so many documents of a run have had their turn, it goes before those that have had more: so
#: a small run is soon through, however many jobs it and the large ones are cut into.
FIRST_DOCUMENTS = 1_000

Publish = Callable[[str, Sequence[int]], None]


def dispatch(engine: Engine, publish: Publish, analysis: str, window: int) -> int:
    """Send messages for the next jobs of an analysis, as many as the window has room for.

    Sent first, marked after: a crash in between leaves jobs pending whose messages are out, and
    a doubled message does no harm, since only one claim finds the job.

    Args:
        engine: The database.
        publish: Sends a message for each job id to the analysis's queue, or raises.
        analysis: Whose queue.
        window: Least number of queued jobs to keep.

    Returns:
        Messages sent.
    """
    with reading(engine) as connection:
        room = _room(connection, analysis, window)
        jobs = _next_jobs(connection, analysis, room) if room > 0 else []
    if not jobs:
        return 0
    publish(analysis, jobs)
    with writing(engine) as connection:
        connection.execute(
            update(Job)
            .where(Job.id.in_(jobs), Job.state == JobState.PENDING)
            .values(state=JobState.QUEUED, queued_at=now())
        )
    return len(jobs)


def _room(connection: Connection, analysis: str, window: int) -> int:
    # A job that was claimed ahead waits in its worker's hands as others do in Redis.
    at_work = Job.started_at.is_not(None) & (Job.state == JobState.RUNNING)
    busy, queued = connection.execute(
        select(
            func.count(Job.worker.distinct()).filter(at_work), func.count().filter(not_(at_work))
        ).where(Job.analysis == analysis, Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
    ).one()
    return int(max(window, MESSAGES_PER_WORKER * busy) - queued)


def _next_jobs(connection: Connection, analysis: str, room: int) -> list[int]:
    """The oldest pending jobs that are due. Each place goes to the run that has had fewest of its
    documents sent, counted up to `FIRST_DOCUMENTS`, and among equals to the one that holds fewest.
    """
    queues = _queues(connection, analysis, room)
    held = connection.execute(
        select(Job.run_id, func.count())
        .where(Job.analysis == analysis, Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
        .group_by(Job.run_id)
    )
    holds = {row[0]: row[1] for row in held}

    def turn(run: int, place: int) -> tuple[int, int, int, int]:
        # A run's documents are sent in the order of their positions.
        sent = min(queues[run][place].first_position, FIRST_DOCUMENTS)
        return sent, holds.get(run, 0) + place, run, place

    turns = [turn(run, 0) for run in queues]
    heapq.heapify(turns)
    chosen: list[int] = []
    while turns and len(chosen) < room:
        _, _, run, place = turns[0]
        chosen.append(queues[run][place].id)
        if place + 1 < len(queues[run]):
            heapq.heapreplace(turns, turn(run, place + 1))
        else:
            heapq.heappop(turns)
    return chosen


def _queues(connection: Connection, analysis: str, room: int) -> dict[int, Sequence[Row[int, int]]]:
    """By run, the oldest jobs that wait and are due: their ids and first positions."""
    waiting = (
        Job.analysis == analysis,
        Job.state == JobState.PENDING,
        or_(Job.not_before.is_(None), Job.not_before <= now()),
    )
    runs = connection.execute(
        select(Run.id).where(
            Run.paused_at.is_(None), select(Job.id).where(Job.run_id == Run.id, *waiting).exists()
        )
    ).scalars()
    return {
        run: connection.execute(
            select(Job.id, Job.first_position)
            .where(Job.run_id == run, *waiting)
            .order_by(Job.id)
            .limit(room)
        ).all()
        for run in runs.all()
    }
