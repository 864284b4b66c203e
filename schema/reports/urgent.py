"""The report `urgent`: whom to call today, and why.

Which documents are looked at is decided in SQL; what their texts say, by the rules of
`schema.urgency`. Memory does not grow with them: only the most urgent are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from schema.reports.options import ReportOptions
from schema.reports.rows import Value
from schema.urgency import Hit, Known, Urgency, default_rules, urgency_of

DESCRIPTION = "Whom to call today: the most urgent feedback, with reasons and quotes"

COLUMNS = (
    *("document", "source", "external_id", "time", "product", "rating", "rating_scale"),
    *("polarity", "urgency", "reasons", "quotes", "copies"),
)
#: Documents that may be urgent: how the customer feels is surely bad, or nobody can tell; one or
#: two stars; or intent says that it is a complaint, or that somebody leaves.
_CANDIDATES = """
SELECT
    d.id AS id, d.source AS source, t.external_id AS external_id, t.text AS text,
    d.time AS time, d.product AS product, d.rating AS rating,
    d.rating_scale AS rating_scale, d.polarity AS polarity, d.leaning AS leaning,
    d.language AS language, i.complaint AS complaint, i.leaves AS leaves, g.group_id AS group_id
FROM current_documents AS d
JOIN documents AS t ON t.id = d.id
LEFT JOIN (
    SELECT
        i.document_id AS id,
        MAX(CASE WHEN i.intent = 'complaint' THEN 1 ELSE 0 END) AS complaint,
        MAX(CASE WHEN i.intent = 'churn_risk' THEN 1 ELSE 0 END) AS leaves
    FROM intents AS i
    WHERE i.intent IN ('complaint', 'churn_risk') AND NOT i.unsure
      AND i.document_id IN (SELECT c.id FROM current_documents AS c)
      AND is_current(intents, i)
    GROUP BY i.document_id
) AS i ON i.id = d.id
LEFT JOIN near_duplicates AS g ON g.document_id = d.id
WHERE d.polarity = 'negative'
   OR (d.unsure AND d.leaning = 'negative')
   OR d.sentiment_run_id IS NULL
   OR 5.0 * d.rating / d.rating_scale <= 2
   OR i.id IS NOT NULL
ORDER BY d.id
"""
#: Characters of a quote on each side of what the rules have found.
_AROUND = 60
#: Documents that are kept while more are read, for each that is shown in the end.
_SPARE = 4

Select = Callable[[str], Iterator[Any]]
Row = tuple[Value, ...]


def urgent(select: Select, options: ReportOptions) -> Iterator[Row]:
    """The documents that are listed, the most urgent first, of equally urgent ones the newest.

    Args:
        select: Runs a SELECT on the documents that are asked for.
        options: Of them `limit`.
    """
    kept = _MostUrgent(options.limit)
    rules = default_rules()
    for row in select(_CANDIDATES):
        share = row.rating / row.rating_scale if row.rating_scale and row.rating else None
        known = Known(row.polarity, share, bool(row.complaint), bool(row.leaves))
        found = urgency_of(row.text, row.language, known, rules)
        if found.is_listed:
            kept.add(row, found)
    return kept.rows()


class _MostUrgent:
    """The most urgent documents so far; of copies the most urgent one, with their number.

    Args:
        limit: How many are shown; None for all.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._best: dict[Any, tuple[tuple[Any, ...], Row, int]] = {}

    def add(self, row: Any, found: Urgency) -> None:
        """Count a document."""
        key = row.group_id if row.group_id is not None else _words(row.text)
        time = -row.time.timestamp() if row.time else 0.0
        place = (-found.score, time, row.id)
        before = self._best.get(key)
        copies = 1 if before is None else before[2] + 1
        if before is None or place < before[0]:
            self._best[key] = place, _row(row, found), copies
        else:
            self._best[key] = before[0], before[1], copies
        if self._limit is not None and len(self._best) > _SPARE * max(self._limit, 25):
            self._best = dict(self._sorted()[: self._limit])

    def rows(self) -> Iterator[Row]:
        """What is shown."""
        for _, (_, row, copies) in self._sorted()[: self._limit]:
            yield (*row, copies)

    def _sorted(self) -> list[tuple[Any, tuple[tuple[Any, ...], Row, int]]]:
        return sorted(self._best.items(), key=lambda item: item[1][0])


def _row(row: Any, found: Urgency) -> Row:
    quotes = "\n".join(quote_of(row.text, hit) for hit in found.hits)
    return (
        *(row.id, row.source, row.external_id, row.time, row.product, row.rating),
        *(row.rating_scale, row.polarity, found.score, "; ".join(found.reasons), quotes or None),
    )


def quote_of(text: str, hit: Hit) -> str:
    """What a text says at a place, with a little around it, and where it is.

    Of `text[start:end]`, `start` and `end` stand behind the signal, as in `safety 12-23: …`.
    """
    first = max(0, hit.start - _AROUND)
    last = min(len(text), hit.end + _AROUND)
    # From one word to another.
    while first and first < hit.start and not text[first - 1].isspace():
        first += 1
    while last < len(text) and last > hit.end and not text[last].isspace():
        last -= 1
    before, behind = "… " if first else "", " …" if last < len(text) else ""
    said = " ".join(text[first:last].split())
    return f"{hit.signal} {hit.start}-{hit.end}: {before}{said}{behind}"


def _words(text: str) -> str:
    # With numpy, for which no other report has to wait.
    from schema.insights.near_duplicates import normalise

    return normalise(text) or text
