"""Waiting jobs: pending, due, of runs that are not paused; each question is one statement, and
costs the same whether ten runs wait or ten thousand (indexes: `schema.tables.job`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from schema.database.clock import now
from schema.tables import FIRST_DOCUMENTS, Job, JobState, Run

#: Runs that have had their first documents, and among which dispatch takes turns: the oldest.
MOST_RUNS = 64


class Waiting(NamedTuple):
    """A job that may be sent.

    Attributes:
        charged: Its documents, if its run is small: for large runs these have no limit.
    """

    id: int
    run: int
    position: int
    charged: int


def first_jobs(connection: Connection, analysis: str, most: int) -> list[Waiting]:
    """Find jobs of the first documents of runs, those of the run that is least far first."""
    return _found(
        connection.execute(
            _columns(Job)
            .where(*_waiting(Job, analysis), is_first(), *_ready(Job))
            .order_by(Job.first_position, Job.id)
            .limit(most)
        ).all()
    )


def later_jobs(connection: Connection, analysis: str, most: int) -> list[Waiting]:
    """Find the oldest jobs behind those, of each run as many."""
    run = select(_next_run(analysis, None).label("run_id")).cte("large", recursive=True)
    # From run to run through the index: those that nothing waits for cost nothing.
    run = run.union_all(select(_next_run(analysis, run.c.run_id)).where(run.c.run_id.is_not(None)))
    runs = (
        select(run.c.run_id)
        .where(run.c.run_id.is_not(None), _paused_at(run.c.run_id).is_(None))
        .limit(MOST_RUNS)
        .subquery()
    )
    job: Any = aliased(Job)
    oldest = (
        select(job.id)
        .where(*_waiting(job, analysis), _is_later(job), *_due(job), job.run_id == runs.c.run_id)
        .order_by(job.id)
        .limit(most)
    )
    if connection.dialect.name == "postgresql":
        each = oldest.lateral()
        chosen = runs.join(each, true()).join(Job, Job.id == each.c.id)
    else:
        # It has no lateral joins, and looks up each of a list that depends on the run.
        chosen = runs.join(Job, Job.id.in_(oldest.correlate(runs)))
    return _found(connection.execute(_columns(Job).select_from(chosen)).all())


def is_first(job: Any = Job) -> ColumnElement[bool]:
    """Whether a job is of the first documents of its run."""
    # Written into the statement, or the database cannot know that its index is for just these.
    return job.first_position < literal_column(str(FIRST_DOCUMENTS))  # type: ignore[no-any-return]


def is_small() -> ColumnElement[bool]:
    """Whether a run has no more than its first documents."""
    return Run.stored + Run.updated_positions <= FIRST_DOCUMENTS


def _is_later(job: Any) -> ColumnElement[bool]:
    # Word for word as the index has it, and so that SQLite takes no other.
    position = job.first_position + literal_column("0")
    return position >= literal_column(str(FIRST_DOCUMENTS))  # type: ignore[no-any-return]


def _columns(job: Any) -> Select[int, int, int, int]:
    small = select(is_small()).where(Run.id == job.run_id).scalar_subquery()
    charged = case((small, job.end_position - job.first_position), else_=0)
    return select(job.id, job.run_id, job.first_position, charged)


def _found(rows: Any) -> list[Waiting]:
    return [Waiting(*row) for row in rows]


def _waiting(job: Any, analysis: str) -> tuple[ColumnElement[bool], ...]:
    state = job.state.concat(literal_column("''"))
    return (state == literal_column(f"'{JobState.PENDING}'"), job.analysis == analysis)


def _due(job: Any) -> tuple[ColumnElement[bool], ...]:
    return (or_(job.not_before.is_(None), job.not_before <= now()),)


def _ready(job: Any) -> tuple[ColumnElement[bool], ...]:
    return (*_due(job), _paused_at(job.run_id).is_(None))


def _paused_at(run_id: Any) -> Any:
    return select(Run.paused_at).where(Run.id == run_id).scalar_subquery()


def _next_run(analysis: str, last: Any) -> Any:
    job: Any = aliased(Job)
    behind = () if last is None else (job.run_id > last,)
    return (
        select(job.run_id)
        .where(*_waiting(job, analysis), _is_later(job), *behind)
        .order_by(job.run_id)
        .limit(1)
        .scalar_subquery()
    )
