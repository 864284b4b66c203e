"""Giving documents the themes that there are, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Engine

from producer.themes.assignment import OTHER, assign
from producer.themes.fit import Fit
from producer.themes.grid import Grid, to_grid
from producer.themes.lineage import active, read_centres
from producer.themes.word_vectors import WordVectors
from schema.insights.copies import text_key
from schema.insights.stored_vectors import read_vectors
from schema.tables import ThemeKind
from schema.themes.clauses import ClauseBlock, ClauseSource, read_clauses
from schema.themes.memberships import write_memberships


class Members:
    """The themes and topics of a set, a row of `theme_sets`, ready to be compared with clauses.

    Attributes:
        set_id: The set.
        themes: All its rows.
        words: How words become vectors, where there are no embeddings.
        late: Whether what comes now comes after the themes were made.
        fit: How near to its theme a clause has to be.
        ids: Of the themes that clauses may belong to, …
        centres: … and their centres.
    """

    def __init__(self, chosen: Any, themes: Sequence[dict[str, Any]], late: bool) -> None:
        self.set_id, self.themes, self.late = chosen.id, themes, late
        self.words, self.fit = None, Fit.of_words()
        if chosen.projection is None:
            self.fit = Fit.of_embeddings(chosen.least_similarity, chosen.usual_similarity)
        else:
            self.words = WordVectors.from_bytes(chosen.projection)
        self.ids, self.centres = _comparable(active(themes))
        topics = [theme for theme in themes if theme["kind"] == ThemeKind.TOPIC]
        self._topic_ids, self._topics = _comparable(topics)

    def rows(self, block: ClauseBlock) -> list[dict[str, Any]]:
        """The rows of `document_themes` for the clauses of a block."""
        if not block.owners:
            return []
        vectors = grid_of(block, self.words)
        themes, cosines = assign(vectors, self.centres, self.fit.least)
        # A greeting is near to some theme, as anything is.
        themes = np.where(block.telling((themes >= 0).tolist()), themes, OTHER)
        topics = assign(vectors, self._topics, self.fit.least).themes
        keys = {document: text_key(text) for document, text in block.documents.items()}
        return [
            {
                "set_id": self.set_id,
                "document_id": document,
                "ordinal": ordinal,
                "theme_id": self.ids[theme] if theme >= 0 else None,
                "similarity": cosine,
                "topic_id": self._topic_ids[topic] if topic >= 0 else None,
                "copy_key": keys[document],
                "late": self.late,
            }
            for document, ordinal, theme, cosine, topic in zip(
                block.owners,
                block.ordinals,
                themes.tolist(),
                cosines.tolist(),
                topics.tolist(),
                strict=True,
            )
        ]


def _comparable(themes: Sequence[dict[str, Any]]) -> tuple[list[int], Grid]:
    if not themes:
        return [], np.empty((0, 0), dtype=np.int16)
    dimensions = len(themes[0]["centre"]) // np.dtype(np.int16).itemsize
    return [theme["id"] for theme in themes], read_centres(themes, dimensions)


def grid_of(block: ClauseBlock, words: WordVectors | None) -> Grid:
    """The vectors of a block's clauses, of which there are some."""
    if words is not None:
        return words.vectors(block.texts)
    return to_grid(read_vectors(block.vectors))


def assign_documents(engine: Engine, source: ClauseSource, members: Members) -> set[int]:
    """Give themes to all documents that have none in the set; returns their ids."""
    done: set[int] = set()
    for block in read_clauses(engine, source, missing_in=members.set_id):
        rows = members.rows(block)
        write_memberships(engine, rows)
        done.update(row["document_id"] for row in rows)
    return done
