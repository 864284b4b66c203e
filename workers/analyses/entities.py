"""Entities: what a document names, as `token-classification` of Transformers 4.57.6 gave it with
`aggregation_strategy="simple"`.

A document longer than the model's window is read in overlapping windows. Each token is judged in
the window where it has the most context, and the tokens are put together over the whole document:
so nothing is cut at a border, and nothing is found twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from transformers import AutoModelForTokenClassification

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.entity import Entity
from workers.analysis import Window
from workers.classification.analysis import EncoderAnalysis
from workers.classification.classifier import Classifier, softmax
from workers.errors import DocumentError
from workers.spans.aggregation import EntityAggregation, Span, TokenPredictions, merged

#: Windows of a document share this part of their tokens.
_OVERLAP = 4


class EntitiesAnalysis(EncoderAnalysis):
    """Token classification; see `Analysis` for the contract."""

    name = "entities"

    def __init__(self, catalog: Catalog, device: str) -> None:
        """Load the model of the catalog's [entities]."""
        entry = catalog.entry(self.name)
        self._classifier = Classifier(entry, AutoModelForTokenClassification, device)
        self._encoder = self._classifier.encoder
        self._grouping = EntityAggregation(self._classifier.labels)

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows of which each shares a quarter with the next."""
        overlap = self._classifier.loaded.max_length // _OVERLAP
        texts = [document.text for document in documents]
        return [*self._classifier.windows(texts, overlap, offsets=True)]

    def forward(
        self, windows: Sequence[Window], on_progress: Callable[[], None]
    ) -> list[TokenPredictions]:
        """For each window what its tokens are, without the special ones."""
        scores = softmax(self._classifier.logits(windows, on_progress))
        best, probabilities = scores.argmax(axis=-1), scores.max(axis=-1)
        outputs, begin = [], 0
        for window in windows:
            first = begin + window.features.lead
            last = first + window.features.tokens
            outputs.append(TokenPredictions(best[first:last], probabilities[first:last]))
            begin += window.length
        return outputs

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[TokenPredictions],
        options: RunOptions,
    ) -> list[Result]:
        """The entities in order of their place in the document."""
        judged = merged([window.features.first for window in windows], outputs)
        spans = self._grouping.spans(judged)
        if not spans:
            return []
        excerpt = windows[0].features
        offsets = excerpt.encoding.offsets[excerpt.lead :]
        return [_entity(document.text, span, offsets) for span in spans]


def _entity(text: str, span: Span, offsets: Sequence[tuple[int, int]]) -> Entity:
    (start, _), (_, end) = offsets[span.first], offsets[span.last]
    return Entity(span.kind, text[start:end], start, end, span.score)
