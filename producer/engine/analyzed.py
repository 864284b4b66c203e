"""Texts with what the analyses made of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from producer.engine.analysis_request import AnalysisRequest
from producer.engine.engine_process import EngineProcess
from producer.engine.texts import TextRow
from producer.ingest.run_options import REPLY
from producer.ingest.validation.feedback import Feedback
from schema.document import About

#: Rows that are analysed together: enough to fill batches, few enough to see results come.
BLOCK = 128


@dataclass(frozen=True, slots=True)
class AnalyzedRow:
    """A row with its results.

    Attributes:
        row: The row.
        results: By analysis, as `schema.results.results_json` has them, or `{"not_analysed": why}`;
            without the analyses that failed.
        error: Why it was not analysed, or by what not; None where all went well.
    """

    row: TextRow
    results: dict[str, Any]
    error: str | None

    @property
    def text(self) -> str | None:
        """What was read; None where the row is no document."""
        return None if self.row.feedback is None else self.row.feedback.text

    def as_json(self, with_file: bool) -> dict[str, Any]:
        """The object that `triage analyze` prints.

        Args:
            with_file: Whether the file is said, as among several.
        """
        shown: dict[str, Any] = {"file": self.row.file} if with_file else {}
        shown["id"] = self.row.id
        if self.row.feedback is not None:
            if self.row.feedback.question is not None:
                shown["question"] = self.row.feedback.question
            shown["text"] = self.text
        shown |= self.results
        return shown if self.error is None else shown | {"error": self.error}


def analyze_rows(
    rows: Iterable[TextRow], engine: EngineProcess, request: AnalysisRequest, block: int = BLOCK
) -> Iterator[AnalyzedRow]:
    """Analyse rows, a block at a time, in order.

    Raises:
        UsageError: If nothing can be analysed, as where a model cannot be loaded.
    """
    left = iter(rows)
    while together := list(islice(left, block)):
        documents = [
            _document(row.feedback, request) for row in together if row.feedback is not None
        ]
        answers = iter(engine.ask(request.of(documents)) if documents else ())
        for row in together:
            if row.feedback is None:
                yield AnalyzedRow(row, {}, row.error)
                continue
            results = next(answers)
            failed = results.pop("error", None)
            error = None if failed is None else f"{row.file}, id {row.id}: {failed}"
            yield AnalyzedRow(row, results, error)


def _document(feedback: Feedback, request: AnalysisRequest) -> dict[str, Any]:
    """What the engine is told of a text: for a reply also what came with it."""
    told: dict[str, Any] = {"text": feedback.text, "language": feedback.language}
    if REPLY not in request.analyses:
        return told
    fields = json.loads(feedback.metadata)
    about = About(feedback.product, feedback.rating, feedback.rating_scale, fields=fields)
    return told | {"about": asdict(about)}
