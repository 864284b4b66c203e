"""Checks of slices: the jobs of an analysis cover the documents of a run, each just once, and their
states are possible.
"""

from __future__ import annotations

from schema.tables import JobState
from schema.verification.scope import Scope
from schema.verification.violation import Violation

_SLICES = """
    SELECT run_id, id AS job_id, NULL AS document_id FROM (
        SELECT run_id, id, first_position, end_position, coalesce(
            lag(end_position) OVER (PARTITION BY run_id ORDER BY first_position), 0
        ) AS reached
        FROM jobs WHERE {within} AND analysis = :analysis
    ) AS slices
    WHERE {wrong}
"""


def check_slices(scope: Scope) -> list[Violation]:
    """Check that slices have no gap and no overlap, from 0 to the number of stored documents."""
    within = scope.within("run_id")
    found = []
    for check, wrong in (
        ("job slice that ends before it begins", "end_position <= first_position"),
        ("job slice that leaves a gap before it", "first_position > reached"),
        ("job slice that overlaps the one before it", "first_position < reached"),
    ):
        found += scope.find(check, _SLICES.format(within=within, wrong=wrong))
    ends = scope.by_run(
        f"""
        SELECT run_id, max(end_position) FROM jobs WHERE {within} AND analysis = :analysis
        GROUP BY run_id
        """
    )
    for run in scope.runs:
        end, stored = ends.get(run.id, 0), run.positions if scope.analysis in run.analyses else 0
        if end != stored:
            found.append(scope.violation(run, f"job slices end at {end}, not at stored {stored}"))
    return found


def check_states(scope: Scope) -> list[Violation]:
    """Check that states are known, and that a running job has a worker and a lease."""
    states = ", ".join(f"'{state.value}'" for state in JobState)
    return [
        violation
        for check, wrong in (
            ("job in an unknown state", f"state NOT IN ({states})"),
            ("running job without a lease", "state = 'running' AND lease_until IS NULL"),
            ("running job without a worker", "state = 'running' AND worker IS NULL"),
            ("job with negative attempts", "attempts < 0"),
            (
                "jobs.reused is more than its documents",
                "(reused < 0 OR reused > end_position - first_position)",
            ),
        )
        for violation in scope.find(
            check,
            f"""
            SELECT run_id, id AS job_id, NULL AS document_id FROM jobs
            WHERE {scope.within("run_id")} AND analysis = :analysis AND {wrong}
            """,
        )
    ]
