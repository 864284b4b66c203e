"""The report `labels`: made of the tables that there are, and so of a new analysis at once too."""

from __future__ import annotations

from schema.results import RESULT_TABLES
from schema.results.base import LabelTable

DESCRIPTION = (
    "Labels of each analysis that gives documents one: how many surely have it, share, mean score"
)

#: One analysis. Over all runs each document counts once, with its newest label. An unsure one
#: counts in a column of its own, by the label that it would have.
_COUNT = """
SELECT
    {place} AS place,
    '{analysis}' AS analysis,
    l.label AS label,
    COUNT(*) FILTER (WHERE NOT l.unsure) AS documents,
    COUNT(*) FILTER (WHERE l.unsure) AS unsure,
    ROUND(
        100.0 * COUNT(*) FILTER (WHERE NOT l.unsure)
        / NULLIF(SUM(COUNT(*) FILTER (WHERE NOT l.unsure)) OVER (), 0), 1
    ) AS percent,
    ROUND(CAST(AVG(l.score) FILTER (WHERE NOT l.unsure) AS NUMERIC), 3) AS mean_score
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
        "SELECT analysis, label, documents, unsure, percent, mean_score FROM ("
        f"{'UNION ALL'.join(counts)}) AS counted\n"
        "ORDER BY place, documents DESC, unsure DESC, label"
    )
