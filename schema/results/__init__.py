"""What the analyses give: for each analysis one file with the dataclass of a row and its table.

`start` and `end` are character offsets into the original text, `text[start:end]`, end exclusive.
`score` is a probability in 0..1, except that an answer found alike in overlapping windows of a
long text has the sum of their scores, as in the pipeline, which may exceed 1. `windows` counts the
pieces that a text longer than the model's window was read in; 1 means whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schema.results.answer import Answer, AnswerRow
from schema.results.base import OrdinalTable, ResultTable
from schema.results.entity import Entity, EntityRow
from schema.results.failure import Failure
from schema.results.sentiment import Sentiment, SentimentRow
from schema.results.summary import Summary, SummaryRow
from schema.results.translation import Translation, TranslationRow

Result = Sentiment | Entity | Answer | Summary | Translation

#: In the order in which reports and progress show the analyses.
RESULT_TABLES: tuple[type[ResultTable], ...] = (
    SentimentRow,
    EntityRow,
    AnswerRow,
    SummaryRow,
    TranslationRow,
)

_TABLES = {table.analysis: table for table in RESULT_TABLES}


def result_table(analysis: str) -> type[ResultTable]:
    """The table that holds the results of an analysis."""
    return _TABLES[analysis]


def results_json(analysis: str, results: Sequence[Result]) -> dict[str, Any] | list[dict[str, Any]]:
    """One document's results as `triage analyze` prints them: an object, or a list of objects for
    an analysis that gives several rows. `windows` is said where a text was read in pieces.
    """
    if issubclass(result_table(analysis), OrdinalTable):
        return [_with_windows(result) for result in results]
    return _with_windows(results[0])


def _with_windows(result: Result) -> dict[str, Any]:
    windows = getattr(result, "windows", 1)
    return result.as_json() | ({"windows": windows} if windows > 1 else {})


__all__ = [
    "RESULT_TABLES",
    "Answer",
    "Entity",
    "Failure",
    "OrdinalTable",
    "Result",
    "ResultTable",
    "Sentiment",
    "Summary",
    "Translation",
    "result_table",
    "results_json",
]
