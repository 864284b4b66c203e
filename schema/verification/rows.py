"""Checks of rows: every row that a run has read is accounted for."""

from __future__ import annotations

from schema.analyses import ANALYSES
from schema.verification.scope import Scope
from schema.verification.violation import Violation


def check_rows(scope: Scope) -> list[Violation]:
    """The counts of a run, its documents, and that it has to do with known analyses only."""
    run = scope.run
    found = []
    if run.read != run.stored + run.duplicate + run.rejected:
        found.append(
            scope.violation(
                f"read {run.read} is not stored {run.stored} + duplicate {run.duplicate} "
                f"+ rejected {run.rejected}"
            )
        )
    inputs = scope.rows("SELECT sum(counted + again) FROM run_inputs WHERE run_id = :run").scalar()
    # A run that has no input at all was not made by an ingestion.
    if inputs is not None and run.read != inputs:
        found.append(scope.violation(f"read {run.read} is not the {inputs} rows of the inputs"))
    documents = scope.rows("SELECT count(*) FROM run_documents WHERE run_id = :run").scalar_one()
    if run.stored != documents + run.forgotten:
        found.append(
            scope.violation(
                f"stored {run.stored} is not {documents} documents + {run.forgotten} forgotten"
            )
        )
    return (
        found
        + scope.find(
            "position outside of the stored documents",
            """
            SELECT NULL AS job_id, document_id FROM run_documents
            WHERE run_id = :run AND (position < 0 OR position >= :stored)
            """,
            stored=run.stored,
        )
        + _unknown_analyses(scope)
    )


def _unknown_analyses(scope: Scope) -> list[Violation]:
    names = ", ".join(f":a{number}" for number in range(len(ANALYSES)))
    known = {f"a{number}": name for number, name in enumerate(ANALYSES)}
    return scope.find(
        "job of an unknown analysis",
        f"""
        SELECT id AS job_id, NULL AS document_id FROM jobs
        WHERE run_id = :run AND analysis NOT IN ({names})
        """,
        **known,
    ) + scope.find(
        "dead letter of an unknown analysis",
        f"""
        SELECT NULL AS job_id, document_id FROM dead_letters
        WHERE run_id = :run AND analysis NOT IN ({names})
        """,
        **known,
    )
