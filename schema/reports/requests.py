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
#: Clauses of other feedback that a request is told apart from.
_OTHERS = 4_000

Select = Callable[[str], Iterator[Any]]
#: What tells texts apart: the group of copies, or the words.
Key = tuple[str, int]
#: Id and name of a theme, a merged one as that which it is part of.
Named = tuple[int, str]

_REQUESTS = f"""
WITH requests AS (
    SELECT d.id AS id FROM intents AS i
    JOIN current_documents AS d ON d.id = i.document_id
    WHERE i.intent = 'request' AND NOT i.unsure AND is_current(intents, i)
    ORDER BY d.id DESC LIMIT {MOST}
)
"""
#: Of several sets of themes the newest counts. The + keeps SQLite from looking through all clauses
#: of the set for each document.
_THEMES = """
LEFT JOIN document_themes AS c ON c.document_id = {row}.{id} AND c.theme_id IS NOT NULL {of}
    AND c.set_id + 0 = (SELECT MAX(s.id) FROM theme_sets AS s WHERE s.ready_at IS NOT NULL)
LEFT JOIN themes AS t ON t.set_id = c.set_id AND t.id = c.theme_id
LEFT JOIN themes AS m ON m.set_id = t.set_id AND m.id = t.merged_into
"""
_DOCUMENTS = f"""{_REQUESTS}
SELECT r.id AS id, w.text AS text, g.group_id AS group_id, c.copy_key AS copy_key,
    COALESCE(m.hidden, t.hidden, false) AS hidden, COALESCE(m.id, t.id) AS theme_id,
    COALESCE(m.name, t.name) AS theme
FROM requests AS r
JOIN documents AS w ON w.id = r.id
LEFT JOIN near_duplicates AS g ON g.document_id = r.id
{_THEMES.format(row="r", id="id", of="")}
ORDER BY r.id, theme_id
"""
_CLAUSES = f"""{_REQUESTS}
SELECT e.document_id AS id, e.start AS begins, e."end" AS ends, e.vector AS vector,
    CASE WHEN e.text_used = 'original' THEN w.text ELSE o.translation END AS text,
    COALESCE(m.hidden, t.hidden, false) AS hidden, COALESCE(m.id, t.id) AS theme_id,
    COALESCE(m.name, t.name) AS theme
FROM requests AS r
JOIN documents AS w ON w.id = r.id
JOIN embeddings AS e ON e.document_id = r.id AND is_current(embeddings, e)
LEFT JOIN translations AS o ON o.document_id = e.document_id AND o.run_id = e.run_id
{_THEMES.format(row="e", id="document_id", of="AND c.ordinal = e.ordinal")}
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
    # With numpy, for which no other report has to wait.
    from schema.insights.copies import text_key

    found: dict[int, Request] = {}
    for row in select(_DOCUMENTS):
        if row.id not in found:
            words = row.copy_key if row.copy_key is not None else text_key(row.text)
            is_copy = row.group_id is not None
            key = ("group", row.group_id) if is_copy else ("words", words)
            found[row.id] = Request(row.id, row.text, key)
        named = (row.theme_id, row.theme)
        if row.theme_id is not None and not row.hidden and named not in found[row.id].themes:
            found[row.id].themes.append(named)
    _find_clauses(select, found)
    return list(found.values())


def _find_clauses(select: Select, requests: dict[int, Request]) -> None:
    """Find out which clause asks, where vectors say so."""
    # With numpy, likewise.
    from schema.insights.request_clauses import choose_request_clauses

    read = [row for row in select(_CLAUSES) if row.text is not None] if requests else []
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
