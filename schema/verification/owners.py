"""Checks of owners: no outcome without a document of the run, a job and a model of the run."""

from __future__ import annotations

from schema.verification.scope import Scope
from schema.verification.violation import Violation

_UNCOVERED = """
    SELECT NULL AS job_id, d.document_id FROM run_documents AS d
    WHERE d.run_id = :run AND coalesce((
            SELECT j.end_position FROM jobs AS j
            WHERE j.run_id = :run AND j.analysis = :analysis AND j.first_position <= d.position
            ORDER BY j.first_position DESC LIMIT 1
        ), 0) <= d.position
        AND EXISTS (
            SELECT 1 FROM {table} AS o
            WHERE o.run_id = :run AND o.document_id = d.document_id {only}
        )
    ORDER BY d.position
"""


def check_owners(scope: Scope, tiled: bool) -> list[Violation]:
    """Each outcome belongs to a document of the run, to a job, and to a model of the run.

    Args:
        scope: Run and analysis.
        tiled: Whether jobs cover all documents, so that none can be outside of them.
    """
    found = []
    for noun, table, only in (
        ("result", scope.table, ""),
        ("dead letter", "dead_letters", "AND o.analysis = :analysis"),
    ):
        found += scope.find(
            f"{noun} of a document that is not in the run",
            f"""
            SELECT DISTINCT NULL AS job_id, o.document_id FROM {table} AS o
            WHERE o.run_id = :run {only} AND NOT EXISTS (
                SELECT 1 FROM run_documents AS d
                WHERE d.run_id = :run AND d.document_id = o.document_id
            )
            """,
        )
        if not tiled:
            found += scope.find(f"{noun} without a job", _UNCOVERED.format(table=table, only=only))
        found += scope.find(
            f"{noun} of a model that is not of this run and analysis",
            f"""
            SELECT DISTINCT NULL AS job_id, o.document_id FROM {table} AS o
            WHERE o.run_id = :run {only} AND o.model_id NOT IN (
                SELECT id FROM models WHERE run_id = :run AND analysis = :analysis
            )
            """,
        )
    return found
