"""Search by meaning: a model makes a vector of the query, which is compared with all clauses."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from schema.database import reading
from schema.results.embedding import EmbeddingRow
from schema.results.outcome import Provenance
from schema.search.filters import SearchFilters, select_documents
from schema.search.folder import search_folder
from schema.tables import Model
from workers.analyses.embedding import EmbeddingAnalysis
from workers.errors import WorkerError
from workers.search.nearest import ClauseVectors, Nearest
from workers.search.vectors import VectorFiles

#: Seconds for which what was read of the database counts as new enough.
FRESH_SECONDS = 5.0


class NoVectorsError(WorkerError):
    """The database has no vectors that a query could be compared with."""


class MeaningSearch:
    """Finds documents by what their clauses say.

    Args:
        analysis: With the model of the catalog.
        engine: The database.
        home: TRIAGE_HOME, where the vectors are kept mapped.
    """

    def __init__(self, analysis: EmbeddingAnalysis, engine: Engine, home: Path) -> None:
        self._analysis = analysis
        self._engine = engine
        (self._model,) = analysis.provenance()
        self._files = VectorFiles(search_folder(home, engine) / _name_of(self._model))
        self._vectors: ClauseVectors | None = None
        self._read_at = 0.0

    def search(self, query: str, filters: SearchFilters, limit: int) -> list[Nearest]:
        """The documents with the nearest clauses, the nearest first.

        Args:
            query: Any text.
            filters: Which documents are looked at.
            limit: The most documents.

        Raises:
            NoVectorsError: If the database has none of this model.
            DocumentError: If the model makes nothing of the query.
        """
        vector = self._analysis.query_vector(query)
        with reading(self._engine) as connection:
            vectors = self._current(connection)
            selection = select_documents(connection, filters)
        return vectors.nearest(vector, selection, limit)

    def _current(self, connection: Connection) -> ClauseVectors:
        now = time.monotonic()
        if self._vectors is None or now - self._read_at > FRESH_SECONDS:
            models = self._models(connection)
            self._vectors = ClauseVectors(self._files.catch_up(connection, models))
            self._read_at = now
        return self._vectors

    def _models(self, connection: Connection) -> list[int]:
        """Ids of the rows of `models` that stand for the one of the catalog."""
        rows = connection.execute(
            select(Model.id, Model.name, Model.revision, Model.options).where(
                Model.analysis == EmbeddingRow.analysis
            )
        ).all()
        own = _space_of(self._model.revision, self._model.options.get("prefix"))
        same = [row.id for row in rows if _space_of(row.revision, row.options.get("prefix")) == own]
        if not same:
            others = _named([row.name for row in rows])
            raise NoVectorsError(
                f"the catalog names {self._model.name} for embedding, and the vectors in the "
                f"database are of {others}"
                if others
                else "no document has an embedding yet"
            )
        return same


def _space_of(revision: str, prefix: object) -> tuple[str, object]:
    """What makes vectors comparable; precision and window change them by less than they differ."""
    return revision, prefix or ""


def _name_of(model: Provenance) -> str:
    told = json.dumps(_space_of(model.revision, model.options.get("prefix")))
    return hashlib.sha256(told.encode("utf-8")).hexdigest()[:16]


def _named(names: Sequence[str]) -> str:
    return ", ".join(sorted(set(names)))
