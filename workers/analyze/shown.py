"""Results as `triage analyze` prints them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schema.results import Result, results_json
from workers.analysis import Analysis
from workers.classification.analysis import ClassificationAnalysis


def shown(analysis: Analysis, results: Sequence[Result]) -> dict[str, Any] | list[dict[str, Any]]:
    """One document's results as JSON. A label that `config.json` has as a number is a number, as
    `text-classification` of Transformers had it; the database has its text.
    """
    said = results_json(analysis.name, results)
    if isinstance(said, dict) and isinstance(analysis, ClassificationAnalysis):
        label = said.get("label")
        if label in analysis.stored_labels and "labels" not in said:
            return said | {"label": analysis.stored_labels[label]}
    return said
