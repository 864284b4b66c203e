"""Documents that themes were found in, read once, with all that is counted of them by theme.

To join, to make distinct and to sort millions of clauses in SQL takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from schema.insights.drivers import Members, membership
from schema.questions.counts import DocumentCounts
from schema.questions.document_numbers import DocumentNumbers, Mask, read_document_numbers
from schema.questions.number_rows import distinct
from schema.questions.scope import Scope
from schema.questions.theme_clauses import read_theme_clauses
from schema.questions.themes import EXAMPLES, ThemeNames
from schema.tables import Theme


@dataclass(frozen=True)
class ThemedDocuments(DocumentNumbers):
    """Documents of a scope that were read for themes, n of them in the order of their ids.

    Attributes:
        copies: The same number for documents with the same words (n).
        rows: Of each pair of a document and a theme that it has, the document's place in `ids`, …
        themes: … and the theme's id: a merged one counts as that which it is part of, hidden ones
            are left out, topics of a person's own list are in.
    """

    copies: NDArray[np.int64]
    rows: NDArray[np.int64]
    themes: NDArray[np.int64]

    @cached_property
    def _columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The themes that there are by id, and the place of each pair's."""
        ids, places = np.unique(self.themes, return_inverse=True)
        return ids, places.astype(np.int64)

    @cached_property
    def _by_newness(self) -> NDArray[np.int64]:
        """Places of pairs: by theme, the newest document first; those without a time come last."""
        dated = np.where(np.isnan(self.seconds), -np.inf, self.seconds)
        rank = np.empty(len(self.ids), dtype=np.int64)
        rank[np.lexsort((-self.ids, -dated))] = np.arange(len(self.ids))
        return np.lexsort((rank[self.rows], self._columns[1]))

    def texts(self, among: Mask | None = None) -> int:
        """How many different texts documents have: copies count once."""
        return len(distinct(self.copies if among is None else self.copies[among]))

    def themed_texts(self) -> int:
        """How many different texts are in any theme."""
        return len(distinct(self.copies[self.rows]))

    def texts_by_theme(self, among: Mask | None = None) -> dict[int, int]:
        """By theme how many different texts its documents have."""
        ids, places = self._columns
        pairs = places * (int(self.copies.max(initial=0)) + 1) + self.copies[self.rows]
        if among is not None:
            pairs = pairs[among[self.rows]]
        of_theme = distinct(pairs) // (int(self.copies.max(initial=0)) + 1)
        counts = np.bincount(of_theme, minlength=len(ids))
        return dict(zip(ids.tolist(), counts.tolist(), strict=True))

    def documents_by_theme(self, among: Mask) -> dict[int, int]:
        """By theme how many of some documents it has."""
        ids, places = self._columns
        counts = np.bincount(places[among[self.rows]], minlength=len(ids))
        return dict(zip(ids.tolist(), counts.tolist(), strict=True))

    def counts_by_theme(self) -> dict[int, DocumentCounts]:
        """By theme all figures of its documents."""
        ids, places = self._columns
        counted = self.counts(self.rows, places, len(ids))
        return dict(zip(ids.tolist(), counted, strict=True))

    def newest(
        self, themes: Sequence[int], among: Mask | None = None, most: int = EXAMPLES
    ) -> dict[int, tuple[int, ...]]:
        """By theme ids of up to `most` of its documents, the newest first."""
        order = self._by_newness
        if among is not None:
            order = order[among[self.rows[order]]]
        ids, places = self._columns
        sorted_places = places[order]
        found = {}
        for theme in themes:
            place = int(np.searchsorted(ids, theme))
            if place == len(ids) or ids[place] != theme:
                continue
            begin, end = np.searchsorted(sorted_places, (place, place + 1))
            if chosen := self.ids[self.rows[order[begin : min(begin + most, end)]]].tolist():
                found[theme] = tuple(chosen)
        return found

    def members(self, themes: Sequence[int], among: Mask) -> Members:
        """Which of some documents has which theme (documents × themes)."""
        rows = np.cumsum(among) - 1
        chosen = among[self.rows]
        return membership(int(among.sum()), themes, rows[self.rows[chosen]], self.themes[chosen])


def read_themed_documents(
    connection: Connection, scope: Scope, names: ThemeNames
) -> ThemedDocuments:
    """Read documents, and which theme each has.

    Args:
        connection: Open.
        scope: Which documents.
        names: Of the set of themes.
    """
    documents = read_document_numbers(connection, scope)
    known = documents.ids
    clauses = read_theme_clauses(connection, scope, names.set_id, known)
    clauses = clauses[np.isin(clauses[:, 0], known)]
    # Those that were read for themes, each once.
    ids, first, place = np.unique(clauses[:, 0], return_index=True, return_inverse=True)
    _, copies = np.unique(clauses[first, 1], return_inverse=True)
    rows, themes = _pairs(connection, names.set_id, place, clauses[:, 2:])
    at = np.searchsorted(known, ids)
    return ThemedDocuments(
        ids=ids,
        sides=documents.sides[at],
        unsure=documents.unsure[at],
        stars=documents.stars[at],
        seconds=documents.seconds[at],
        copies=copies,
        rows=rows,
        themes=themes,
    )


def _pairs(
    connection: Connection, set_id: int, place: NDArray[np.intp], themes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each pair of a document and a theme once, by the document.

    Args:
        connection: Open.
        set_id: The set of themes.
        place: The document of each clause (clauses).
        themes: Its theme and its topic, 0 for none (clauses × 2).
    """
    statement = select(Theme.id, Theme.merged_into, Theme.hidden).where(Theme.set_id == set_id)
    rows = connection.execute(statement).all()
    hidden = {row.id for row in rows if row.hidden}
    counted = np.zeros(max((row.id for row in rows), default=0) + 1, dtype=np.int64)
    for row in rows:
        theme = row.merged_into or row.id
        counted[row.id] = 0 if theme in hidden else theme
    both = np.concatenate([place, place])
    named = np.concatenate([themes[:, 0], themes[:, 1]])
    found = counted[np.where(named < len(counted), named, 0)]
    pairs = distinct(both[found > 0] * len(counted) + found[found > 0])
    return pairs // len(counted), pairs % len(counted)
