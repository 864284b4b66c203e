"""The report `labels`: made of the tables that there are, and so of a new analysis at once too."""

from __future__ import annotations

from schema.results import RESULT_TABLES
from schema.results.base import LabelTable

DESCRIPTION = (
    "Labels of each analysis that gives documents one: how many have it, share, mean score"
)

#: One analysis. Over all runs each document counts once, with its newest label.
_COUNT = """
SELECT
    {place} AS place,
    '{analysis}' AS analysis,
    l.label AS label,
    COUNT(*) AS documents,
    ROUND(100.0 * COUNT(*) / SUM(COUNT(*)) OVER (), 1) AS percent,
    ROUND(CAST(AVG(l.score) AS NUMERIC), 3) AS mean_score
FROM {table} AS l
JOIN documents AS d ON d.id = l.document_id AND d.gone_at IS NULL
WHERE l.run_id IN (SELECT id FROM runs WHERE :run_id IS NULL OR id = :run_id)
  AND NOT EXISTS (
      SELECT 1 FROM {table} AS newer
      WHERE :run_id IS NULL
        AND newer.document_id = l.document_id AND newer.run_id > l.run_id)
GROUP BY l.label
"""


def labels_sql() -> str:
    """The SELECT of the report, for both databases; analyses in standard order."""
    counts = [
        _COUNT.format(place=place, analysis=table.analysis, table=table.__tablename__)  # type: ignore[attr-defined]
        for place, table in enumerate(RESULT_TABLES)
        if issubclass(table, LabelTable)
    ]
    return (
        f"-- {DESCRIPTION}\n"
        "SELECT analysis, label, documents, percent, mean_score FROM ("
        f"{'UNION ALL'.join(counts)}) AS counted\n"
        "ORDER BY place, documents DESC, label"
    )
