"""Enqueue: documents that join a run get their jobs, in the transaction that stores them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from schema.ledger.needs import Needs
from schema.tables import Job, JobState


def create_jobs(
    connection: Connection,
    run_id: int,
    analyses: Sequence[str],
    first_position: int,
    end_position: int,
    job_size: int,
    *,
    needs: Needs | None = None,
) -> int:
    """Cut positions of a run into jobs for each analysis: pending, or blocked if they need others,
    whose jobs are made in the same transaction.

    Args:
        connection: The transaction that wrote the documents.
        run_id: The run.
        analyses: Names of `schema.analyses.ANALYSES`.
        first_position: First position, inclusive.
        end_position: Last position, exclusive.
        job_size: Documents in a job at the most.
        needs: Of the run.

    Returns:
        The number of jobs created.
    """
    needs = needs or {}
    rows = [
        {
            "run_id": run_id,
            "analysis": analysis,
            "first_position": first,
            "end_position": min(first + job_size, end_position),
            "state": JobState.BLOCKED if needs.get(analysis) else JobState.PENDING,
            "attempts": 0,
            "fence": 0,
            "failed": 0,
        }
        for first in range(first_position, end_position, job_size)
        for analysis in analyses
    ]
    if rows:
        connection.execute(insert(Job), rows)
    return len(rows)
