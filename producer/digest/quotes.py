"""What customers say of an item: three quotes, short enough for a mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from producer.digest.item import QUOTES, Item, Quote
from producer.digest.request import DigestRequest
from producer.themes.quotes import choose_quotes
from schema.insights.copies import normalise
from schema.tables import DocumentRow
from schema.themes.edits import find_theme
from schema.themes.passages import read_passages
from schema.themes.scope import ThemeScope
from schema.themes.sets import find_set

#: Characters of a quote that is read with ease, and that are shown at the most.
READABLE, LONGEST = range(25, 221), 220


def with_quotes(request: DigestRequest, item: Item) -> Item:
    """The item with its quotes: of a theme the clauses that belong to it, else whole texts."""
    quotes: list[Quote] = []
    if item.theme is not None:
        theme = find_theme(request.connection, item.theme)
        scope = ThemeScope.parse(find_set(request.connection, theme.set_id).scope)
        passages = read_passages(request.connection, theme, scope, None, among=item.examples)
        quotes = [
            Quote(one.document_id, one.external_id, one.time, cut(one.text))
            for one in choose_quotes(passages, QUOTES)
        ]
    said = {one.document_id for one in quotes}
    more = [one for one in _of_texts(request, item.examples) if one.document_id not in said]
    return replace(item, quotes=[*quotes, *more][:QUOTES])


def _of_texts(request: DigestRequest, documents: Sequence[int]) -> list[Quote]:
    columns = (DocumentRow.id, DocumentRow.external_id, DocumentRow.time, DocumentRow.text)
    rows = request.connection.execute(select(*columns).where(DocumentRow.id.in_(documents))).all()
    by_id = {row.id: row for row in rows}
    there = [by_id[one] for one in documents if one in by_id]
    # Those of readable length first, each in the order of the examples.
    there.sort(key=lambda row: len(" ".join(row.text.split())) not in READABLE)
    chosen: dict[str, Quote] = {}
    for row in there:
        chosen.setdefault(
            normalise(row.text), Quote(row.id, row.external_id, row.time, cut(row.text))
        )
    return list(chosen.values())[:QUOTES]


def cut(text: str) -> str:
    """A text on one line, cut between two words where it is long."""
    said = " ".join(text.split())
    if len(said) <= LONGEST:
        return said
    begin = said[: LONGEST - 2]
    # A word of a script without spaces ends anywhere.
    end = begin.rfind(" ")
    return f"{begin[:end] if end > LONGEST // 2 else begin} …"
