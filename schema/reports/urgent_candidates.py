"""Documents that may be urgent, as they stand in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from schema.reports.options import ReportOptions

#: Documents that may be urgent: how the customer feels is surely bad, or nobody can tell; one or
#: two stars; or intent says that it is a complaint, or that somebody leaves.
_CANDIDATES = """
SELECT
    d.id AS id, t.text AS text, d.rating AS rating, d.rating_scale AS rating_scale,
    d.polarity AS polarity, d.language AS language, i.complaint AS complaint, i.leaves AS leaves
FROM current_documents AS d
JOIN documents AS t ON t.id = d.id
LEFT JOIN (
    SELECT
        i.document_id AS id,
        MAX(CASE WHEN i.intent = 'complaint' THEN 1 ELSE 0 END) AS complaint,
        MAX(CASE WHEN i.intent = 'churn_risk' THEN 1 ELSE 0 END) AS leaves
    FROM intents AS i
    WHERE i.intent IN ('complaint', 'churn_risk') AND NOT i.unsure
      AND {of_intents}
      AND is_current(intents, i)
    GROUP BY i.document_id
) AS i ON i.id = d.id
WHERE {of_documents} AND (d.polarity = 'negative'
   OR (d.unsure AND d.leaning = 'negative')
   OR d.sentiment_run_id IS NULL
   OR 5.0 * d.rating / d.rating_scale <= 2
   OR i.id IS NOT NULL)
ORDER BY d.id
"""
_ENDS = "SELECT MIN(d.id) AS first, MAX(d.id) AS last FROM current_documents AS d"
#: What is shown of a document, and by what its copies are known.
_SHOWN = """
SELECT d.id AS id, d.source AS source, t.external_id AS external_id, d.time AS time,
    d.product AS product, g.group_id AS group_id
FROM current_documents AS d
JOIN documents AS t ON t.id = d.id
LEFT JOIN near_duplicates AS g ON g.document_id = d.id
WHERE d.id IN ({ids})
"""
#: Ids of documents that one statement asks for, where it asks for all: what it sorts stays small,
#: and the intents of these documents lie together.
_SLICE = 65_536
#: Ids that are named in one statement.
_NAMED = 500

Select = Callable[[str], Iterator[Any]]


def read_candidates(select: Select, options: ReportOptions) -> Iterator[Any]:
    """Documents that may be urgent, by their ids, with `id`, `text`, `rating`, `rating_scale`,
    `polarity`, `language`, `complaint` and `leaves`.

    Args:
        select: Runs a SELECT on the documents that are asked for.
        options: Which these are.
    """
    if options.is_restricted or options.run_id is not None:
        among = "i.document_id IN (SELECT c.id FROM current_documents AS c)"
        yield from select(_CANDIDATES.format(of_intents=among, of_documents="1 = 1"))
        return
    (ends,) = select(_ENDS)
    if ends.first is None:
        return
    for first in range(ends.first, ends.last + 1, _SLICE):
        slice_of = f"{{0}} >= {first} AND {{0}} < {first + _SLICE}"
        yield from select(
            _CANDIDATES.format(
                of_intents=slice_of.format("i.document_id"), of_documents=slice_of.format("d.id")
            )
        )


def read_shown(select: Select, ids: Sequence[int]) -> dict[int, Any]:
    """By id what is shown of documents, with `source`, `external_id`, `time`, `product` and
    `group_id`.
    """
    found = {}
    for start in range(0, len(ids), _NAMED):
        named = ", ".join(map(str, ids[start : start + _NAMED]))
        found.update({row.id: row for row in select(_SHOWN.format(ids=named))})
    return found
