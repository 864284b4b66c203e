"""Checks of rollups: what reports count of a document is what its results say."""

from __future__ import annotations

from schema.verification.scope import Scope
from schema.verification.violation import Violation
from schema.views.rollup import BLOCK

#: What is compared, each as text that is never null.
_COMPARED = ("source", "product", "language", "polarity", "label", "sentiment_run_id")
_DIFFERS = " OR ".join(
    f"COALESCE(CAST(r.{name} AS TEXT), '') <> COALESCE(CAST(d.{name} AS TEXT), '')"
    for name in _COMPARED
)


def check_rollups(scope: Scope) -> list[Violation]:
    """Compare the rollup of each document with the view that it is made of. Blocks that are to be
    worked out anew are left out: nobody reads their rollups.
    """
    return scope.find(
        "rollup that is not what the results say",
        f"""
        SELECT p.run_id, NULL AS job_id, p.document_id
        FROM run_documents AS p
        LEFT JOIN rollup_documents AS r ON r.id = p.document_id
        LEFT JOIN v_documents AS d ON d.id = p.document_id
        WHERE {scope.within("p.run_id")}
            AND p.document_id / {BLOCK} NOT IN (SELECT block FROM rollup_stale)
            AND ((r.id IS NULL) <> (d.id IS NULL) OR {_DIFFERS})
        ORDER BY p.run_id, p.document_id
        """,
    )
