"""Requests as they stand in the database: documents that ask for something, their clauses, and the
themes of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from schema.insights.courtesies import is_courtesy

#: The newest requests that are looked at.
MOST = 5_000
#: Ids of documents, the newest, among which requests are looked for before all are.
NEAR = 100_000
#: Clauses of other feedback that a request is told apart from.
_OTHERS = 4_000

Select = Callable[[str], Iterator[Any]]
#: What tells texts apart: the group of copies, or the words.
Key = tuple[str, int]
#: Id and name of a theme, a merged one as that which it is part of.
Named = tuple[int, str]

_REQUESTS = """
WITH requests AS (
    SELECT i.document_id AS id FROM intents AS i
    WHERE i.intent = 'request' AND NOT i.unsure AND is_current(intents, i) {near}
      AND i.document_id IN (SELECT d.id FROM current_documents AS d WHERE 1 = 1 {near_too})
    ORDER BY i.document_id DESC LIMIT {most}
)
"""
#: Of several sets of themes the newest counts. By its index SQLite would look through all clauses
#: of the set for each document.
_THEMES = """
LEFT JOIN document_themes AS c ON c.document_id = {row} AND c.theme_id IS NOT NULL {of}
    AND unindexed(c.set_id) = (SELECT MAX(s.id) FROM theme_sets AS s WHERE s.ready_at IS NOT NULL)
LEFT JOIN themes AS t ON t.set_id = c.set_id AND t.id = c.theme_id
LEFT JOIN themes AS m ON m.set_id = t.set_id AND m.id = t.merged_into
"""
_DOCUMENTS = """
SELECT r.id AS id, w.text AS text, g.group_id AS group_id, c.copy_key AS copy_key,
    COALESCE(m.hidden, t.hidden, false) AS hidden, COALESCE(m.id, t.id) AS theme_id,
    COALESCE(m.name, t.name) AS theme
FROM requests AS r
JOIN documents AS w ON w.id = r.id
LEFT JOIN near_duplicates AS g ON g.document_id = r.id
{themes}
ORDER BY r.id, theme_id
"""
_CLAUSES = """
SELECT e.document_id AS id, e.start AS begins, e."end" AS ends, e.vector AS vector,
    CASE WHEN e.text_used = 'original' THEN w.text ELSE o.translation END AS text,
    COALESCE(m.hidden, t.hidden, false) AS hidden, COALESCE(m.id, t.id) AS theme_id,
    COALESCE(m.name, t.name) AS theme
FROM requests AS r
JOIN documents AS w ON w.id = r.id
JOIN embeddings AS e ON e.document_id = r.id AND is_current(embeddings, e)
LEFT JOIN translations AS o ON o.document_id = e.document_id AND o.run_id = e.run_id
{themes}
ORDER BY e.document_id, e.ordinal
"""
_OF_OTHERS = f"""
SELECT x.vector AS vector FROM (
    SELECT e.vector AS vector FROM embeddings AS e
    WHERE NOT EXISTS (
        SELECT 1 FROM intents AS i
        WHERE i.document_id = e.document_id AND i.intent = 'request'
    )
    ORDER BY e.document_id DESC, e.ordinal LIMIT {_OTHERS}
) AS x
"""


@dataclass(slots=True)
class Request:
    """A document that asks for something.

    Attributes:
        document: Its id.
        text: All of it.
        key: The same for copies.
        themes: Those of its clauses; hidden ones are left out.
        clause: What asks, if that is known, …
        theme: … and its theme.
    """

    document: int
    text: str
    key: Key
    themes: list[Named] = field(default_factory=list)
    clause: str | None = None
    theme: Named | None = None


def read_requests(select: Select) -> list[Request]:
    """The newest requests, in the order of their ids.

    Args:
        select: Runs a SELECT on the documents that are asked for.
    """
    # To find the newest of all that there are takes a second of a million documents.
    for near in (NEAR, None):
        themes = _THEMES.format(row="r.id", of="")
        sql = _requests(near) + _DOCUMENTS.format(themes=themes)
        found = _read_documents(select(sql))
        if len(found) == MOST:
            break
    if found:
        _find_clauses(select, found, near)
    return list(found.values())


def _requests(near: int | None) -> str:
    """The newest requests, among documents with so many ids or among all, to begin a SELECT."""
    conditions = {"near": "", "near_too": ""}
    if near is not None:
        first = f"(SELECT COALESCE(MAX(e.id), 0) - {near} FROM document_versions AS e)"
        # Of both tables, since neither database concludes one from the other.
        conditions = {"near": f"AND i.document_id > {first}", "near_too": f"AND d.id > {first}"}
    return _REQUESTS.format(most=MOST, **conditions)


def _read_documents(rows: Iterator[Any]) -> dict[int, Request]:
    """Requests by their ids, without what asks."""
    # With numpy, for which no other report has to wait.
    from schema.insights.copies import text_key

    found: dict[int, Request] = {}
    for row in rows:
        if row.id not in found:
            words = row.copy_key if row.copy_key is not None else text_key(row.text)
            is_copy = row.group_id is not None
            key = ("group", row.group_id) if is_copy else ("words", words)
            found[row.id] = Request(row.id, row.text, key)
        named = (row.theme_id, row.theme)
        if row.theme_id is not None and not row.hidden and named not in found[row.id].themes:
            found[row.id].themes.append(named)
    return found


def _find_clauses(select: Select, requests: dict[int, Request], near: int | None) -> None:
    """Find out which clause asks, where vectors say so.

    Args:
        select: Runs a SELECT on the documents that are asked for.
        requests: By their ids.
        near: Among how many ids they were found; None for all.
    """
    # With numpy, likewise.
    from schema.insights.request_clauses import choose_request_clauses

    themes = _THEMES.format(row="e.document_id", of="AND c.ordinal = e.ordinal")
    sql = _requests(near) + _CLAUSES.format(themes=themes)
    read = [row for row in select(sql) if row.text is not None]
    # "Please help me with this" asks for nothing that could be told.
    rows = [row for row in read if not is_courtesy(row.text[row.begins : row.ends])]
    # Vectors of several models cannot be compared: those of most are.
    by_size: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_size[len(row.vector)].append(row)
    if not by_size:
        return
    size, alike = max(by_size.items(), key=lambda one: (len(one[1]), one[0]))
    others = [row.vector for row in select(_OF_OTHERS) if len(row.vector) == size]
    if not others:
        return

    chosen = choose_request_clauses(
        [row.vector for row in alike], [row.id for row in alike], others
    )
    for document, place in (chosen or {}).items():
        row = alike[place]
        requests[document].clause = row.text[row.begins : row.ends].strip()
        if row.theme_id is not None and not row.hidden:
            requests[document].theme = (row.theme_id, row.theme)
