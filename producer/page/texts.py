"""The texts behind figures: which of them the page has, and reading each once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from schema.questions import Scope
from schema.questions.counts import STARS
from schema.questions.scope import select_rows

#: Bytes that all texts of a page may have in it; with what else is there, it stays under 3 MB.
TEXT_BYTES = 1_400_000
#: Characters of a name (of a product, a source, an id) that are shown.
NAME = 80
#: Characters of a text that are shown, the first that lets all fit.
LENGTHS = (2_000, 1_000, 500, 250, 100)
#: Documents that are read at once; SQLite takes no more parameters than some thousands.
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Behind:
    """Some of the texts that a figure counts.

    Attributes:
        title: Of the figure.
        total: How many it counts.
        ids: Those that are shown.
        how: How they were chosen: `newest`, `most typical`.
    """

    title: str
    total: int
    ids: tuple[int, ...]
    how: str


@dataclass(frozen=True, slots=True)
class Text:
    """A document as it is shown.

    Attributes:
        stars: Its rating as stars of five.
        polarity: What sentiment called it, `unsure`, or None if it was not analysed.
        left_out: Characters behind the end of what is shown.
    """

    id: int
    source: str
    external_id: str | None
    time: datetime | None
    language: str | None
    product: str | None
    stars: float | None
    polarity: str | None
    text: str
    left_out: int = 0


@dataclass(slots=True)
class TextIndex:
    """The texts of a page by what they stand behind."""

    behind: dict[str, Behind] = field(default_factory=dict)

    def add(self, key: str, title: str, total: int, ids: Iterable[int], how: str = "newest") -> str:
        """Note which texts stand behind a figure.

        Returns:
            The key, or "" if there are none to be shown.
        """
        chosen = tuple(dict.fromkeys(ids))
        if not chosen:
            return ""
        self.behind[key] = Behind(title[: 2 * NAME], total, chosen, how)
        return key

    def read(self, connection: Connection, scope: Scope) -> list[Text]:
        """Read all of them, shortened alike where they would be too much."""
        wanted = sorted({one for behind in self.behind.values() for one in behind.ids})
        found: list[Text] = []
        for start in range(0, len(wanted), _BLOCK):
            found += _read(connection, wanted[start : start + _BLOCK], scope)
        return shorten(found)


_COLUMNS = f"""
SELECT d.id, d.source, d.external_id, d.time, d.language, d.product, {STARS} AS stars,
    CASE WHEN d.unsure THEN 'unsure' ELSE d.polarity END AS polarity, d.text
FROM v_documents AS d
WHERE d.id IN ({{ids}})
ORDER BY d.id
"""


def _read(connection: Connection, ids: Sequence[int], scope: Scope) -> list[Text]:
    # Whole numbers of ours, so that they can stand in the statement.
    sql = _COLUMNS.format(ids=", ".join(str(int(one)) for one in ids))
    # The results are those of the scope's run; the period does not matter to a document by its id.
    rows = select_rows(connection, sql, Scope(run_id=scope.run_id))
    return [
        Text(
            row.id,
            row.source,
            row.external_id,
            row.time,
            row.language,
            row.product,
            _number(row.stars),
            row.polarity,
            row.text,
        )
        for row in rows
    ]


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def shorten(texts: Sequence[Text]) -> list[Text]:
    """The texts, each with as many characters as lets all of them fit into `TEXT_BYTES`."""
    for length in LENGTHS:
        cut = [_cut(one, length) for one in texts]
        if sum(_size(one.text) for one in cut) <= TEXT_BYTES:
            break
    return cut if texts else []


def _size(text: str) -> int:
    """Bytes that a text has within a script element: there some characters are six."""
    return len(json.dumps(text, ensure_ascii=False).encode()) + 5 * sum(map(text.count, "<>&"))


def _cut(one: Text, length: int) -> Text:
    return replace(
        one,
        source=one.source[:NAME],
        external_id=one.external_id and one.external_id[:NAME],
        product=one.product and one.product[:NAME],
        language=one.language and one.language[:NAME],
        text=one.text[:length],
        left_out=max(0, len(one.text) - length),
    )
