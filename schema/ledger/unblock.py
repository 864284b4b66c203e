"""Unblock: jobs that have waited for others of the same documents are pending when these are over.

Over is what is done or dead: a document that has no language, say, is analysed without. Whoever
closes a job unblocks in the same transaction what waited for it, with these locks held: first the
job that it closes, then those that wait, by id. So of two who close the last two jobs that a third
needs, the second sees what the first has done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from schema.database import reading, writing
from schema.ledger.needs import Needs, dependants, is_needed, overlaps
from schema.tables import OPEN_STATES, Job, JobState, Run

#: Blocked jobs of an analysis of a run that `unblock_left_over` looks at, the oldest.
MOST_LOOKED_AT = 64


def unblock(
    connection: Connection, run_id: int, needs: Needs, analysis: str, positions: range
) -> None:
    """Let go the jobs that have waited for what was closed in this transaction.

    Args:
        connection: The transaction.
        run_id: The run.
        needs: Of the run.
        analysis: Of the job that was closed.
        positions: Its slice.
    """
    if not (names := dependants(needs, analysis)):
        return
    blocked = connection.execute(
        select(Job.id, Job.analysis)
        .where(
            Job.run_id == run_id,
            Job.analysis.in_(names),
            Job.state == JobState.BLOCKED,
            overlaps(Job, positions.start, positions.stop),
        )
        .order_by(Job.id)
        .with_for_update()
    ).all()
    by_analysis: dict[str, list[int]] = defaultdict(list)
    for job in blocked:
        by_analysis[job.analysis].append(job.id)
    for name, ids in by_analysis.items():
        _let_go(connection, ids, needs[name])


def unblock_for(connection: Connection, closed: Iterable[Any]) -> None:
    """Do the same for closed jobs of several runs, whose needs are looked up."""
    jobs = list(closed)
    if not jobs:
        return
    found = connection.execute(
        select(Run.id, Run.needs).where(Run.id.in_({job.run_id for job in jobs}))
    )
    needs = {row.id: row.needs or {} for row in found}
    for job in sorted(jobs, key=lambda job: job.id):
        slice_ = range(job.first_position, job.end_position)
        unblock(connection, job.run_id, needs[job.run_id], job.analysis, slice_)


def must_wait(
    connection: Connection, run_id: int, needs: Needs, analysis: str, positions: range
) -> bool:
    """Whether a job of these positions would have to wait for others.

    Whoever closes one of those waits for this transaction, and then finds what it has blocked.
    """
    if not (needed := needs.get(analysis)):
        return False
    others = (
        select(Job.id)
        .where(
            Job.run_id == run_id,
            Job.analysis.in_(needed),
            Job.state.in_(OPEN_STATES),
            overlaps(Job, positions.start, positions.stop),
        )
        .order_by(Job.id)
        .with_for_update(read=True)
    )
    return bool(connection.execute(others).all())


def unblock_left_over(engine: Engine) -> int:
    """Let go jobs that wait for nothing any more: those whose needs were closed by a worker of a
    version that knew of none. A part of maintenance.

    Returns:
        Jobs that were let go.
    """
    with reading(engine) as connection:
        found = connection.execute(
            select(Job.run_id, Job.analysis, Run.needs)
            .join(Run, Run.id == Job.run_id)
            .where(Job.state == JobState.BLOCKED)
            .group_by(Job.run_id, Job.analysis, Run.id)
        ).all()
        free = []
        for row in found:
            needed = (row.needs or {}).get(row.analysis, ())
            if ids := _free(connection, row.run_id, row.analysis, needed):
                free.append((ids, needed))
    done = 0
    for ids, needed in free:
        with writing(engine) as connection:
            done += _let_go(connection, ids, needed)
    return done


def _free(connection: Connection, run_id: int, analysis: str, needed: Sequence[str]) -> list[int]:
    oldest = (
        select(Job.id)
        .where(Job.state == JobState.BLOCKED, Job.analysis == analysis, Job.run_id == run_id)
        .order_by(Job.id)
        .limit(MOST_LOOKED_AT)
    )
    found = select(Job.id).where(Job.id.in_(oldest), ~is_needed(needed)).order_by(Job.id)
    return list(connection.execute(found).scalars())


def _let_go(connection: Connection, ids: Sequence[int], needed: Sequence[str]) -> int:
    # In order of id, as everybody locks several jobs.
    free = select(Job.id).where(Job.id.in_(ids), Job.state == JobState.BLOCKED, ~is_needed(needed))
    return connection.execute(
        update(Job)
        .where(Job.id.in_(free.order_by(Job.id).with_for_update()))
        .values(state=JobState.PENDING)
    ).rowcount
