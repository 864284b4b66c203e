"""Checks of owners: each outcome has a document, a job and a model of its run."""

from __future__ import annotations

from schema.verification.scope import Scope
from schema.verification.violation import Violation

_STRANGE = """
    SELECT DISTINCT o.run_id, NULL AS job_id, o.document_id FROM {table} AS o
    WHERE {of_outcomes} {only} AND NOT EXISTS (
        SELECT 1 FROM run_documents AS d
        WHERE {of_documents} AND d.run_id = o.run_id AND d.document_id = o.document_id
    )
    ORDER BY o.run_id, o.document_id
"""
_UNCOVERED = """
    SELECT DISTINCT o.run_id, NULL AS job_id, o.document_id, d.position FROM {table} AS o
    CROSS JOIN run_documents AS d
    WHERE {of_outcomes} AND o.run_id IN :untiled {only}
        AND d.run_id = o.run_id AND d.document_id = o.document_id
        AND coalesce((
            SELECT j.end_position FROM jobs AS j
            WHERE j.run_id = d.run_id AND j.analysis = :analysis AND j.first_position <= d.position
            ORDER BY j.first_position DESC LIMIT 1
        ), 0) <= d.position
    ORDER BY o.run_id, d.position
"""
_OTHER_MODEL = """
    SELECT DISTINCT o.run_id, NULL AS job_id, o.document_id FROM {table} AS o
    WHERE {of_outcomes} {only} AND o.model_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM models AS m
        WHERE m.id = o.model_id AND m.run_id = o.run_id AND m.analysis = :analysis
    )
    ORDER BY o.run_id, o.document_id
"""


def check_owners(scope: Scope, untiled: list[int]) -> list[Violation]:
    """Check that each outcome belongs to a document of the run, to a job, and to a model of the
    run.

    Args:
        scope: The runs and the analysis.
        untiled: Ids of the runs whose jobs do not cover all documents, so that one may be outside
            of them.
    """
    found = []
    for noun, table, only in (
        ("result", scope.table, ""),
        ("empty result", "empty_results", "AND o.analysis = :analysis"),
        ("dead letter", "dead_letters", "AND o.analysis = :analysis"),
        ("abstention", "abstentions", "AND o.analysis = :analysis"),
    ):
        parts = {
            "table": table,
            "only": only,
            "of_outcomes": scope.within("o.run_id"),
            "of_documents": scope.within("d.run_id"),
        }
        found += scope.find(
            f"{noun} of a document that is not in the run", _STRANGE.format(**parts)
        )
        if untiled:
            found += scope.find(
                f"{noun} without a job", _UNCOVERED.format(**parts), untiled=untiled
            )
        if table == "abstentions":
            # It has no model.
            continue
        found += scope.find(
            f"{noun} of a model that is not of this run and analysis", _OTHER_MODEL.format(**parts)
        )
    return found
