"""The report `labels`: made of the tables that there are, and so of a new analysis at once too."""

from __future__ import annotations

from schema.results import RESULT_TABLES
from schema.results.base import LabelTable

DESCRIPTION = (
    "Labels of each analysis that gives documents one: how many surely have it, share, mean score"
)

#: One analysis. An unsure label counts in a column of its own, as the label that it would be.
_COUNT = """
SELECT
    {place} AS _place,
    '{analysis}' AS analysis,
    l.label AS label,
    COUNT(*) FILTER (WHERE NOT l.unsure) AS documents,
    COUNT(*) FILTER (WHERE l.unsure) AS unsure,
    ROUND(
        100.0 * COUNT(*) FILTER (WHERE NOT l.unsure)
        / NULLIF(SUM(COUNT(*) FILTER (WHERE NOT l.unsure)) OVER (), 0), 1
    ) AS percent,
    ROUND(CAST(AVG(l.score) FILTER (WHERE NOT l.unsure) AS NUMERIC), 3) AS mean_score,
    SUM(COUNT(*) FILTER (WHERE NOT l.unsure)) OVER () AS _sure
FROM {table} AS l
JOIN v_documents AS d ON d.id = l.document_id
WHERE is_current({table}, l)
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
        "-- key: analysis, label\n-- share: percent = documents / _sure\n"
        "SELECT analysis, label, documents, unsure, percent, mean_score, _sure FROM ("
        f"{'UNION ALL'.join(counts)}) AS counted\n"
        "ORDER BY _place, documents DESC, unsure DESC, label"
    )
