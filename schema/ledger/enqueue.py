"""Enqueue: documents that join a run get their jobs, in the transaction that stores them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, text

from schema.ledger.needs import Needs
from schema.tables import Job, JobState

# One statement, where a driver's executemany would be one for each job.
_IN_POSTGRES = text(
    """
    INSERT INTO jobs (
        run_id, analysis, first_position, end_position, state, attempts, fence, failed
    )
    SELECT
        :run_id, a.name, p.first, least(p.first + :job_size, :end_position), a.state, 0, 0, 0
    FROM generate_series(
        CAST(:first_position AS bigint), CAST(:end_position AS bigint) - 1, :job_size
    ) AS p (first)
    CROSS JOIN unnest(CAST(:analysis AS text[]), CAST(:state AS text[]))
        WITH ORDINALITY AS a (name, state, number)
    ORDER BY p.first, a.number
    """
)


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
    kinds = [
        {
            "analysis": name,
            "state": JobState.BLOCKED if needs and needs.get(name) else JobState.PENDING,
        }
        for name in analyses
    ]
    if connection.dialect.name == "postgresql":
        values: dict[str, Any] = {"run_id": run_id, "first_position": first_position}
        lists = {name: [kind[name] for kind in kinds] for name in ("analysis", "state")}
        values |= lists | {"end_position": end_position, "job_size": job_size}
        return connection.execute(_IN_POSTGRES, values).rowcount
    begun = {"run_id": run_id, "attempts": 0, "fence": 0, "failed": 0}
    rows = [
        begun
        | kind
        | {"first_position": first, "end_position": min(first + job_size, end_position)}
        for first in range(first_position, end_position, job_size)
        for kind in kinds
    ]
    if rows:
        connection.execute(insert(Job), rows)
    return len(rows)
