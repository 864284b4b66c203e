"""An analysis that makes a vector of each clause of a document.

Clauses go through the encoder as rows of their own, so that a clause has the same vector whatever
stands around it, and the query of a search has one as well. Heads that read whole texts share the
encoder's weights with it where they stand on the same, but not the pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
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


class ClauseAnalysis(EncoderAnalysis):
    """Reads clauses, each as a row of its own; what the vectors are for is up to subclasses."""

    auto_model_class = SentenceModel

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's table of this name."""
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

    def vectors(
        self, windows: Sequence[Window], outputs: Sequence[Floats]
    ) -> list[tuple[Span, bytes]]:
        """The clauses of a document in order, each with its vector, of length 1, as it is stored.
        The vector of one that was read in several windows is their mean, weighted by their tokens.

        Raises:
            DocumentError: If the model gives what is no number, or a vector without a direction.
        """
        found: list[tuple[Span, bytes]] = []
        rows = zip(windows, outputs, strict=True)
        for clause, pieces in groupby(rows, key=lambda row: row[0].features.clause):
            parts = [(vector, window.features.excerpt.tokens) for window, vector in pieces]
            found.append((clause, _stored(parts)))
        return found

    def query_vector(self, text: str) -> bytes:
        """The vector of a text that clauses are compared with, as results have it.

        Args:
            text: Any; all of it is one clause.

        Raises:
            DocumentError: As `vectors`.
        """
        (vector,) = self.whole_vectors([text])
        return vector

    def whole_vectors(self, texts: Sequence[str]) -> list[bytes]:
        """The vectors of several such texts, which go through the model in batches.

        Raises:
            DocumentError: As `vectors`.
        """
        made = self._classifier.windows([self._prefix + text for text in texts], overlap=0)
        windows = [window for of_text in made for window in of_text]
        rows = iter(
            [row for batch in self._batches(windows) for row in self._encoder.forward(batch)]
        )
        return [
            _stored([(next(rows), window.features.tokens) for window in of_text])
            for of_text in made
        ]

    def _batches(self, windows: Sequence[Window]) -> Iterator[list[Any]]:
        """Rows of the encoder, as many as it takes at once."""
        batch: list[Any] = []
        longest = 0
        for window in windows:
            longest = max(longest, window.length)
            if batch and longest * (len(batch) + 1) > self.batch_tokens:
                yield batch
                batch, longest = [], window.length
            batch.append(window.features)
        if batch:
            yield batch


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
