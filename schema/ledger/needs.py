"""Needs: which analyses of a run wait for others of the same documents.

A job waits, `blocked`, while a job of an analysis that its own needs is still open and has some of
the same documents. Slices need not be equal: reap halves them, and replay cuts them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased

from schema.settings.environment import MAX_STATEMENT_IDS
from schema.tables import OPEN_STATES, Job

#: By analysis, the analyses that it waits for; one that waits for none may be there all the same,
#: see `Run.needs`.
Needs = Mapping[str, Sequence[str]]


def dependants(needs: Needs, analysis: str) -> list[str]:
    """The analyses that wait for this one."""
    return [name for name, needed in needs.items() if analysis in needed]


def in_order(analyses: Sequence[str], needs: Needs) -> list[str]:
    """Analyses, each behind those that it needs: their jobs get lower ids, and are locked first."""
    return sorted(analyses, key=lambda name: _depth(name, needs, len(analyses)))


def _depth(analysis: str, needs: Needs, most: int) -> int:
    if most <= 0:
        return 0
    return max((1 + _depth(name, needs, most - 1) for name in needs.get(analysis, ())), default=0)


def overlaps(job: Any, first: Any, end: Any) -> ColumnElement[bool]:
    """Whether a job has documents of these positions, `end` exclusive."""
    # No job has more documents, so that few are looked at of a run that has many.
    near = (job.first_position > first - MAX_STATEMENT_IDS, job.first_position < end)
    return and_(*near, job.end_position > first)


def is_needed(needed: Sequence[str]) -> ColumnElement[bool]:
    """Whether an open job of one of these analyses has documents of the job of the statement."""
    other: Any = aliased(Job, name="needed")
    return exists().where(
        other.run_id == Job.run_id,
        other.analysis.in_(needed),
        overlaps(other, Job.first_position, Job.end_position),
        other.state.in_(OPEN_STATES),
    )
