"""Embedding: what each clause of a document is about, as a vector.

Clauses go through the encoder as rows of their own, so that a clause has the same vector whatever
stands around it, and the query of a search has one as well. Heads that read whole texts share the
encoder's weights with it where they stand on the same, but not the pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.embedding import ClauseEmbedding
from workers.analysis import Window
from workers.classification.classifier import Classifier
from workers.classification.excerpt import Excerpt
from workers.embedding.clauses import clauses
from workers.encoders.analysis import EncoderAnalysis
from workers.encoders.interface import Floats
from workers.encoders.sentence_model import SentenceModel
from workers.errors import DocumentError
from workers.extraction.sentences import Span
from workers.models.registry import ModelRegistry


@dataclass(frozen=True, slots=True)
class ClauseWindow:
    """A row of the encoder: a clause, or as much of a long one as fits.

    Attributes:
        clause: Where it stands in the document.
    """

    excerpt: Excerpt
    clause: Span

    @property
    def ids(self) -> list[int]:
        """Token ids, special tokens included."""
        return self.excerpt.ids

    @property
    def type_ids(self) -> list[int]:
        """For models that take `token_type_ids`."""
        return self.excerpt.type_ids


class EmbeddingAnalysis(EncoderAnalysis):
    """A vector for each clause, of length 1."""

    name = "embedding"
    auto_model_class = SentenceModel

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's [embedding]."""
        super().__init__(catalog, device, models)
        self._prefix = catalog.entry(self.name).options.prefix
        self._classifier = Classifier(self._encoder)

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """A window for each clause, several for one that is longer than the model's."""
        places = [
            (number, clause)
            for number, document in enumerate(documents)
            for clause in clauses(document.text, document.language)
        ]
        texts = [self._prefix + documents[number].text[slice(*clause)] for number, clause in places]
        prepared: list[list[Window] | DocumentError] = [[] for _ in documents]
        made = self._classifier.windows(texts, overlap=0) if texts else []
        for (number, clause), windows in zip(places, made, strict=True):
            of_document = prepared[number]
            assert isinstance(of_document, list)
            of_document += (
                Window(window.length, ClauseWindow(window.features, clause)) for window in windows
            )
        return prepared

    def read(self, windows: Sequence[Window], logits: Floats) -> list[Floats]:
        """The vector of each window, of any length."""
        return list(logits)

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Floats],
        options: RunOptions,
    ) -> list[Result]:
        """The clauses in order. The vector of one that was read in several windows is their mean,
        weighted by their tokens.

        Raises:
            DocumentError: If the model gives what is no number, or a vector without a direction.
        """
        found: list[Result] = []
        rows = zip(windows, outputs, strict=True)
        for (start, end), pieces in groupby(rows, key=lambda row: row[0].features.clause):
            parts = [(vector, window.features.excerpt.tokens) for window, vector in pieces]
            found.append(ClauseEmbedding(start, end, _stored(parts)))
        return found

    def query_vector(self, text: str) -> bytes:
        """The vector of a text that clauses are compared with, as results have it.

        Args:
            text: Any; all of it is one clause.

        Raises:
            DocumentError: As `assemble`.
        """
        (pieces,) = self._classifier.windows([self._prefix + text], overlap=0)
        logits = self._encoder.forward([window.features for window in pieces])
        tokens = [window.features.tokens for window in pieces]
        return _stored([*zip(logits, tokens, strict=True)])


def _stored(parts: Sequence[tuple[Floats, int]]) -> bytes:
    """The mean of vectors, each with its weight, made of length 1 and written as it is stored."""
    vector = parts[0][0]
    if len(parts) > 1:
        vectors, tokens = zip(*parts, strict=True)
        # A window may hold nothing but special tokens.
        vector = np.average(vectors, axis=0, weights=np.maximum(tokens, 1))
    length = np.linalg.norm(vector)
    if not np.isfinite(length) or length == 0:
        raise DocumentError(
            'the model gives a vector that is none; set precision = "fp32" in the catalog'
        )
    return (vector / length).astype("<f2").tobytes()
