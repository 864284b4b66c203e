"""Enqueue: documents that join a run get their jobs, in the transaction that stores them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from schema.tables import Job, JobState


def create_jobs(
    connection: Connection,
    run_id: int,
    analyses: Sequence[str],
    first_position: int,
    end_position: int,
    job_size: int,
) -> int:
    """Cut positions of a run into pending jobs, for each analysis.

    Args:
        connection: The transaction that wrote the documents.
        run_id: The run.
        analyses: Names of `schema.analyses.ANALYSES`.
        first_position: First position, inclusive.
        end_position: Last position, exclusive.
        job_size: Documents in a job at the most.

    Returns:
        The number of jobs created.
    """
    rows = [
        {
            "run_id": run_id,
            "analysis": analysis,
            "first_position": first,
            "end_position": min(first + job_size, end_position),
            "state": JobState.PENDING,
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
