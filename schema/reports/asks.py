"""The report `asks`: what customers ask for, by theme where there are themes, else by their words.

A document is a request if intent surely says so. Copies count once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from schema.insights import wilson
from schema.reports.options import ReportOptions
from schema.reports.rows import Value

DESCRIPTION = "What customers ask for: requests by theme, or by their words, with quotes"

COLUMNS = (
    *("asked_for", "basis", "documents", "texts", "percent", "low_percent", "high_percent"),
    "quotes",
)
_QUOTES = 3
#: Longest text that is quoted whole, in characters.
_LONGEST = 200

#: For each request the themes of its clauses, those that a person merged as the one that stays. Of
#: several sets of themes the newest counts.
_REQUESTS = """
WITH requests AS (
    SELECT i.document_id AS id FROM intents AS i
    WHERE i.intent = 'request' AND NOT i.unsure AND is_current(intents, i)
),
asked AS (
    SELECT DISTINCT
        d.id AS id, c.copy_key AS copy_key,
        COALESCE(m.id, t.id) AS theme_id, COALESCE(m.name, t.name) AS theme
    FROM requests AS r
    JOIN current_documents AS d ON d.id = r.id
    -- The + keeps SQLite from looking through all clauses of the set for each document.
    LEFT JOIN document_themes AS c ON c.document_id = d.id AND c.theme_id IS NOT NULL
        AND c.set_id + 0 = (SELECT MAX(s.id) FROM theme_sets AS s WHERE s.ready_at IS NOT NULL)
    LEFT JOIN themes AS t ON t.set_id = c.set_id AND t.id = c.theme_id
    LEFT JOIN themes AS m ON m.set_id = t.set_id AND m.id = t.merged_into
    WHERE NOT COALESCE(m.hidden, t.hidden, false)
)
SELECT a.id, w.text, g.group_id, a.copy_key, a.theme_id, a.theme
FROM asked AS a
JOIN documents AS w ON w.id = a.id
LEFT JOIN near_duplicates AS g ON g.document_id = a.id
ORDER BY a.id, a.theme_id
"""

Select = Callable[[str], Iterator[Any]]
Row = tuple[Value, ...]


@dataclass(slots=True)
class _Requested:
    """Something that is asked for."""

    name: str
    basis: str
    documents: int = 0
    texts: set[tuple[str, int]] = field(default_factory=set)
    quotes: list[str] = field(default_factory=list)

    def add(self, text: str, key: tuple[str, int]) -> None:
        self.documents += 1
        if key not in self.texts and len(self.quotes) < _QUOTES:
            self.quotes.append(_short(text))
        self.texts.add(key)


def asks(select: Select, options: ReportOptions) -> Iterator[Row]:
    """What is asked for, by most texts first; of all requests the share that asks for it.

    Args:
        select: Runs a SELECT on the documents that are asked for.
        options: Nothing of them is needed here.
    """
    # With numpy, for which no other report has to wait.
    from schema.insights.copies import normalise, text_key

    asked: dict[Any, _Requested] = {}
    keys: set[tuple[str, int]] = set()
    for row in select(_REQUESTS):
        if row.group_id is not None:
            key = ("group", row.group_id)
        else:
            key = ("words", text_key(row.text) if row.copy_key is None else row.copy_key)
        keys.add(key)
        if row.theme_id is None:
            words = normalise(row.text)
            one = asked.setdefault(words, _Requested(_short(row.text), "words"))
        else:
            one = asked.setdefault(row.theme_id, _Requested(row.theme, "theme"))
        one.add(row.text, key)
    order = sorted(asked.values(), key=lambda one: (-len(one.texts), -one.documents, one.name))
    for one in order:
        share = len(one.texts) / len(keys)
        percents = (round(100 * end, 1) for end in (share, *wilson(len(one.texts), len(keys))))
        quotes = "\n".join(one.quotes)
        yield one.name, one.basis, one.documents, len(one.texts), *percents, quotes


def _short(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1].rsplit(" ", 1)[0] + " …"
