"""Checks of rows: every row that a run has read is stored, a duplicate or rejected."""

from __future__ import annotations

from schema.analyses import BUILT_IN
from schema.verification.scope import RunRow, Scope
from schema.verification.violation import Violation


def check_rows(scope: Scope) -> list[Violation]:
    """Check the counts of a run, its documents, and that all of its analyses are known."""
    documents = scope.by_run(
        f"""
        SELECT run_id, count(*) FROM run_documents WHERE {scope.within("run_id")} GROUP BY run_id
        """
    )
    inputs = scope.by_run(
        f"""
        SELECT run_id, sum(counted + again) FROM run_inputs
        WHERE {scope.within("run_id")} GROUP BY run_id
        """
    )
    wrong = [
        scope.violation(run, check)
        for run in scope.runs
        for check in _wrong_counts(run, documents.get(run.id, 0), inputs.get(run.id))
    ]
    return (
        wrong
        + scope.find(
            "position outside of the stored documents",
            f"""
            SELECT d.run_id, NULL AS job_id, d.document_id
            FROM runs AS r CROSS JOIN run_documents AS d
            WHERE {scope.within("r.id")} AND {scope.within("d.run_id")} AND d.run_id = r.id
                AND (d.position < 0 OR d.position >= r.stored + r.updated_positions)
            """,
        )
        + _unknown_analyses(scope)
    )


def _wrong_counts(run: RunRow, documents: int, inputs: int | None) -> list[str]:
    """Name where a run's own counts, and the number of its documents, contradict each other."""
    wrong = []
    if run.read != run.stored + run.updated + run.duplicate + run.rejected:
        updated = f" + updated {run.updated}" if run.updated else ""
        wrong.append(
            f"read {run.read} is not stored {run.stored}{updated} + duplicate {run.duplicate} "
            f"+ rejected {run.rejected}"
        )
    if not 0 <= run.updated_positions <= run.updated:
        wrong.append(
            f"{run.updated_positions} places of updated documents, of updated {run.updated}"
        )
    # A run that has no input at all was not made by an ingestion.
    if inputs is not None and run.read != inputs:
        wrong.append(f"read {run.read} is not the {inputs} rows of the inputs")
    if run.positions != documents + run.forgotten:
        updated = f" + {run.updated_positions} updated" if run.updated_positions else ""
        wrong.append(
            f"stored {run.stored}{updated} is not {documents} documents + {run.forgotten} forgotten"
        )
    return wrong


def known_analyses(scope: Scope) -> list[str]:
    """Those that come with the project, and what runs have of the user's own."""
    own = {name for run in scope.runs for name in run.analyses} - set(BUILT_IN)
    return [*BUILT_IN, *sorted(own)]


def _unknown_analyses(scope: Scope) -> list[Violation]:
    found = []
    for noun, table, job in (
        ("job", "jobs", "id"),
        ("dead letter", "dead_letters", "NULL"),
        ("abstention", "abstentions", "NULL"),
        ("empty result", "empty_results", "NULL"),
    ):
        document = "NULL" if table == "jobs" else "document_id"
        found += scope.find(
            f"{noun} of an unknown analysis",
            f"""
            SELECT run_id, {job} AS job_id, {document} AS document_id FROM {table}
            WHERE {scope.within("run_id")} AND analysis NOT IN :known
            """,
            known=known_analyses(scope),
        )
    return found
