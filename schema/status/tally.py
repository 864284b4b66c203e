"""Tallies of runs: what there is to count of each analysis, in a pass over its jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from schema.tables import AbstentionRow, Job, JobState

#: Seconds that the rate looks back: the short span, or the long one when jobs are rare.
SHORT_SPAN, LONG_SPAN = 60.0, 600.0

_WAITING = (JobState.BLOCKED, JobState.PENDING, JobState.QUEUED)


def tally(clock: datetime, which: Sequence[ColumnElement[bool]]) -> Any:
    """The statement that gives one row for each run and analysis, in one pass over the jobs."""
    size = Job.end_position - Job.first_position
    closed = Job.state.in_([JobState.DONE, JobState.DEAD])

    def total(number: Any, *conditions: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(number).filter(*conditions), 0)

    def since(seconds: float, name: str) -> list[ColumnElement[Any]]:
        recent = (closed, Job.finished_at > clock - timedelta(seconds=seconds))
        return [
            func.count().filter(*recent).label(f"{name}_jobs"),
            total(size, *recent).label(f"{name}_documents"),
            func.min(Job.started_at).filter(*recent).label(f"{name}_start"),
        ]

    return (
        select(
            Job.run_id,
            Job.analysis,
            func.sum(size).label("documents"),
            total(size, Job.state == JobState.RUNNING).label("in_flight"),
            total(size, Job.state.in_(_WAITING)).label("waiting"),
            total(size, Job.state == JobState.BLOCKED).label("blocked"),
            total(Job.failed, closed).label("dead"),
            total(Job.reused, closed).label("reused"),
            total(size, Job.state == JobState.CANCELLED).label("cancelled"),
            func.min(Job.started_at).label("start"),
            func.max(Job.finished_at).label("end"),
            *since(SHORT_SPAN, "short"),
            *since(LONG_SPAN, "long"),
        )
        .where(*which)
        .group_by(Job.run_id, Job.analysis)
    )


def count_abstentions(
    connection: Connection, run_ids: Sequence[int] | None
) -> dict[tuple[int, str], dict[str, int]]:
    """By run and analysis: how many documents were left alone for each reason."""
    of_runs = () if run_ids is None else (AbstentionRow.run_id.in_(run_ids),)
    key = (AbstentionRow.run_id, AbstentionRow.analysis, AbstentionRow.reason)
    rows = connection.execute(
        select(*key, func.count())
        .where(*of_runs)
        .group_by(*key)
        .order_by(func.count().desc(), *key)
    )
    found: dict[tuple[int, str], dict[str, int]] = {}
    for run_id, analysis, reason, documents in rows:
        found.setdefault((run_id, analysis), {})[reason] = documents
    return found
