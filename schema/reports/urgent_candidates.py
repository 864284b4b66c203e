"""Documents that may be urgent, as they stand in the database, and which of them are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from schema.urgency import Known, Urgency, default_rules, urgency_of
from schema.views.rollup import BLOCK

#: Documents that may be urgent: how the customer feels is surely bad, or nobody can tell; one or
#: two stars; or intent says that it is a complaint, or that somebody leaves.
_CANDIDATES = """
SELECT
    d.id AS id, t.text AS text, d.time AS time, d.rating AS rating, d.rating_scale AS rating_scale,
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
#: Blocks of documents that one statement asks for, where it asks for all: what it sorts stays
#: small, and the intents of these documents lie together.
_AT_ONCE = 4
#: Ids that are named in one statement.
NAMED = 500
#: Texts that the rules look through at once.
_TEXTS = 4_000

Select = Callable[[str], Iterator[Any]]


def read_all(select: Select, known: Sequence[int]) -> Iterator[Any]:
    """All documents that may be urgent, by their ids, with `id`, `text`, `time`, `rating`,
    `rating_scale`, `polarity`, `language`, `complaint` and `leaves`.

    Args:
        select: Runs a SELECT.
        known: Blocks of documents that are left out.
    """
    (ends,) = select(_ENDS)
    if ends.first is None:
        return
    left_out = set(known)
    there = [
        block
        for block in range(ends.first // BLOCK, ends.last // BLOCK + 1)
        if block not in left_out
    ]
    while there:
        first = there[0]
        behind = next((n for n, one in enumerate(there) if one != first + n), len(there))
        blocks, there = there[: min(behind, _AT_ONCE)], there[min(behind, _AT_ONCE) :]
        yield from read_between(select, first * BLOCK, (blocks[-1] + 1) * BLOCK)


def read_between(select: Select, first: int, behind: int) -> Iterator[Any]:
    """The same of documents whose ids are from `first` to before `behind`."""
    slice_of = f"{{0}} >= {first} AND {{0}} < {behind}"
    yield from select(
        _CANDIDATES.format(
            of_intents=slice_of.format("i.document_id"), of_documents=slice_of.format("d.id")
        )
    )


def read_some(select: Select, known: Sequence[int]) -> Iterator[Any]:
    """The same of the documents that are asked for, where these are not all."""
    blocks = f"d.id / {BLOCK} NOT IN ({', '.join(map(str, known))})" if known else "1 = 1"
    among = "i.document_id IN (SELECT c.id FROM current_documents AS c)"
    yield from select(_CANDIDATES.format(of_intents=among, of_documents=blocks))


def read_named(select: Select, ids: Sequence[int]) -> Iterator[Any]:
    """The same of at most `NAMED` documents."""
    named = ", ".join(map(str, ids))
    yield from select(
        _CANDIDATES.format(
            of_intents=f"i.document_id IN ({named})", of_documents=f"d.id IN ({named})"
        )
    )


def read_shown(select: Select, ids: Sequence[int]) -> dict[int, Any]:
    """By id what is shown of documents, with `source`, `external_id`, `time`, `product` and
    `group_id`.
    """
    found = {}
    for start in range(0, len(ids), NAMED):
        named = ", ".join(map(str, ids[start : start + NAMED]))
        found.update({row.id: row for row in select(_SHOWN.format(ids=named))})
    return found


def listed_of(candidates: Iterable[Any]) -> Iterator[tuple[Any, Urgency]]:
    """Of candidates those that somebody should call, each with how urgent it is."""
    rules = default_rules()
    rows = iter(candidates)
    while some := list(islice(rows, _TEXTS)):
        hits = rules.find([row.text for row in some], [row.language for row in some])
        for row, found in zip(some, hits, strict=True):
            # Nothing else lists a text that says nothing urgent.
            if found or row.leaves:
                share = row.rating / row.rating_scale if row.rating_scale and row.rating else None
                known = Known(row.polarity, share, bool(row.complaint), bool(row.leaves))
                urgency = urgency_of(found, known, rules)
                if urgency.is_listed:
                    yield row, urgency
