"""Overview: the runs worth seeing among many, read in as many statements as among few."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, func, literal, or_, select, union_all

from schema.status.progress import RunProgress, progress_of
from schema.tables import OPEN_STATES, Job, JobState, Run, RunState

#: How many of the newest runs are shown, and how many of those that are going on.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Overview:
    """The runs that are shown, newest first, and how many are left out.

    Attributes:
        runs: Those that are shown.
        more: Runs that are left out, without those that are archived.
        more_unfinished: How many of these are not finished.
        archived: Runs that are left out because they are archived.
        unfinished: Runs that are not finished, left out or not.
    """

    runs: tuple[RunProgress, ...]
    more: int
    more_unfinished: int
    archived: int
    unfinished: int


def overview(connection: Connection, shown: int | None = SHOWN) -> Overview:
    """Read the newest runs that are not archived, and as many of those that are going on, archived
    or
    not: first those that workers are busy with, then the oldest.

    Args:
        connection: To the database.
        shown: How many of each kind; None for all runs, archived ones too.
    """
    going_on, unfinished = _going_on(connection, shown)
    if shown is None:
        return Overview(tuple(progress_of(connection, None)), 0, 0, 0, unfinished)
    total, archived = connection.execute(
        select(func.count(Run.id), func.count(Run.archived_at))
    ).one()
    newest = select(Run.id).where(Run.archived_at.is_(None)).order_by(Run.id.desc()).limit(shown)
    ids = {*going_on, *connection.execute(newest).scalars()}
    runs = tuple(progress_of(connection, sorted(ids)))
    archived -= sum(one.archived_at is not None for one in runs)
    shown_unfinished = sum(not one.finished for one in runs)
    # The numbers were counted one after the other, so that their difference may be too small.
    more = max(0, total - archived - len(runs))
    return Overview(
        runs, more, min(more, max(0, unfinished - shown_unfinished)), archived, unfinished
    )


def _going_on(connection: Connection, limit: int | None) -> tuple[list[int], int]:
    """Ids of runs of which something is going on, and the number of those that are not finished."""
    # By the index that begins with the state: the runs that are done cost nothing, nor do all runs
    # have to be joined with their work.
    open_runs = select(
        Job.run_id.label("id"),
        case((Job.state == JobState.RUNNING, 1), else_=0).label("running"),
        literal(1).label("unfinished"),
    ).where(Job.state.in_(OPEN_STATES))
    ingesting = and_(Run.state == RunState.INGESTING, Run.cancelled_at.is_(None))
    # What is left of a deletion that was killed is to be seen too.
    others = select(Run.id, literal(0), case((ingesting, 1), else_=0)).where(
        or_(ingesting, Run.deleted_at.is_not(None))
    )
    each = union_all(open_runs.distinct(), others).subquery()
    running, unfinished = func.max(each.c.running), func.max(each.c.unfinished)
    rows = connection.execute(
        select(each.c.id, func.sum(unfinished).over())
        .group_by(each.c.id)
        .order_by(running.desc(), each.c.id)
        .limit(limit or 1)
    ).all()
    return [row[0] for row in rows], int(rows[0][1]) if rows else 0
