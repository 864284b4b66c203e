"""The results of a document that count, of each analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from producer.serve.documents.spans import Span
from schema.questions import Scope
from schema.questions.scope import select_rows
from schema.results import RESULT_TABLES
from schema.results.embedding import EmbeddingRow


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """What an analysis has found in a document.

    Attributes:
        run: The name of the run that counts.
        model: None where no model was needed.
        rows: Of its table, in their order.
    """

    analysis: str
    run_id: int
    run: str
    model: str | None
    revision: str | None
    text_used: str
    rows: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Results:
    """Results by analysis, in the order of reports."""

    by_analysis: dict[str, AnalysisResult]

    def rows(self, analysis: str) -> Sequence[Any]:
        """The rows of an analysis; none where it has not read the document."""
        found = self.by_analysis.get(analysis)
        return () if found is None else found.rows

    def spans(self) -> dict[str, list[Span]]:
        """By the text that was read, `original` or `translation`, what was found where."""
        found: dict[str, list[Span]] = {}
        for row in self.rows("entities"):
            said = f"{row.type}{', the model is unsure' if row.unsure else ''}"
            found.setdefault(row.text_used, []).append(Span(row.start, row.end, "entity", said))
        for row in self.rows("qa"):
            if row.answer:
                said = f"{row.question}{' (unsure)' if row.unsure else ''}"
                found.setdefault(row.text_used, []).append(Span(row.start, row.end, "answer", said))
        return found


_COUNTS = "SELECT r.* FROM v_results_current AS r WHERE r.document_id = :document"


def read_results(connection: Connection, document_id: int) -> Results:
    """Read them; vectors are left out, which nobody can read."""
    by_name = {table.analysis: table for table in RESULT_TABLES if table is not EmbeddingRow}
    counting = {
        row.analysis: row
        for row in select_rows(connection, _COUNTS, Scope(), document=document_id)
        if row.analysis in by_name
    }
    found = {}
    for analysis in sorted(counting, key=lambda one: (by_name[one].order, one)):
        row, table = counting[analysis], by_name[analysis]
        columns: Any = table.__table__  # type: ignore[attr-defined]
        order = [columns.c.ordinal] if "ordinal" in columns.c else []
        rows = connection.execute(
            select(columns)
            .where(columns.c.run_id == row.run_id, columns.c.document_id == document_id)
            .order_by(*order)
        ).all()
        found[analysis] = AnalysisResult(
            analysis, row.run_id, row.run, row.model, row.revision, row.text_used, rows
        )
    return Results(found)
