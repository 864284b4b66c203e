"""The report `labels`: made of the tables that there are, and so of a new analysis at once too."""

from __future__ import annotations

from schema.results import RESULT_TABLES
from schema.results.base import LabelTable
from schema.results.sentiment import SentimentRow

DESCRIPTION = (
    "Labels of each analysis that gives documents one: how many surely have it, share, mean score"
)

#: One analysis. An unsure label counts in a column of its own, as the label that it would be.
_COUNT = """
SELECT
    {place} AS _place,
    {analysis} AS analysis,
    l.label AS label,
    COUNT(*) FILTER (WHERE NOT l.unsure) AS documents,
    COUNT(*) FILTER (WHERE l.unsure) AS unsure,
    ROUND(
        100.0 * COUNT(*) FILTER (WHERE NOT l.unsure)
        / NULLIF(SUM(COUNT(*) FILTER (WHERE {sure})) OVER ({whose}), 0), 1
    ) AS percent,
    ROUND(CAST(AVG(l.score) FILTER (WHERE NOT l.unsure) AS NUMERIC), 3) AS mean_score,
    SUM(COUNT(*) FILTER (WHERE {sure})) OVER ({whose}) AS _sure
FROM {results}
GROUP BY {grouped}l.label
"""
_PLAIN = """{table} AS l
JOIN v_documents AS d ON d.id = l.document_id
WHERE is_current({table}, l)"""
#: The same of sentiment, which rollups have.
_ROLLUP = """current_documents AS l
WHERE l.sentiment_run_id IS NOT NULL"""


def labels_sql() -> str:
    """The SELECT of the report, for both databases; analyses in standard order."""
    counts = [
        _COUNT.format(place=place, results=_results(table), **_whose(table))
        for place, table in enumerate(RESULT_TABLES)
        if issubclass(table, LabelTable)
    ]
    # Analyses that share a table are in the order of their names.
    return (
        "-- key: analysis, label\n-- share: percent = documents / _sure\n"
        "SELECT analysis, label, documents, unsure, percent, mean_score, _sure FROM ("
        f"{'UNION ALL'.join(counts)}) AS counted\n"
        "ORDER BY _place, analysis, documents DESC, unsure DESC, label"
    )


def _whose(table: type[LabelTable]) -> dict[str, str]:
    """Whose labels are counted: of one analysis, or of each that shares the table."""
    if table.of_many:
        return {
            "analysis": "l.analysis",
            "whose": "PARTITION BY l.analysis",
            "grouped": "l.analysis, ",
            # A document counts once, however many labels it has: the first is its surest.
            "sure": "NOT l.unsure AND l.ordinal = 0",
        }
    return {"analysis": f"'{table.analysis}'", "whose": "", "grouped": "", "sure": "NOT l.unsure"}


def _results(table: type[LabelTable]) -> str:
    if table is SentimentRow:
        return _ROLLUP
    return _PLAIN.format(table=table.__tablename__)  # type: ignore[attr-defined]
