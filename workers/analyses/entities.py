"""Entities: what a document names, as `token-classification` of Transformers 4.57.6 gave it with
`aggregation_strategy="simple"`.

A document longer than the model's window is read in overlapping windows. Each token is judged in
the window where it has the most context, and the tokens are put together over the whole document:
so nothing is cut at a border, and nothing is found twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy.typing as npt
from transformers import AutoModelForTokenClassification

from schema.catalog import Catalog
from schema.document import ORIGINAL, Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.entity import Entity
from workers.analysis import Window
from workers.classification.classifier import OVERLAP, Classifier, softmax
from workers.classification.excerpt import Excerpt
from workers.encoders.interface import Floats
from workers.errors import DocumentError
from workers.models.registry import ModelRegistry
from workers.spans.aggregation import EntityAggregation, Span, TokenPredictions, merged
from workers.spans.analysis import SpanAnalysis
from workers.spans.names import is_function_word
from workers.spans.words import (
    Offsets,
    by_word,
    in_tokens,
    name_edges,
    without_space_before,
    word_starts,
)


class EntitiesAnalysis(SpanAnalysis):
    """Token classification; see `SpanAnalysis`."""

    name = "entities"
    #: 2: names of whole words end where their letters do. 3: a single Latin letter is no name, nor
    #: is a word that says nothing and only begins a sentence.
    edition = 3
    auto_model_class = AutoModelForTokenClassification
    reads_texts = True

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's [entities]."""
        super().__init__(catalog, device, models)
        self._classifier = Classifier(self._encoder)
        self._aggregation = catalog.entry(self.name).options.aggregation
        self._grouping = EntityAggregation(self._classifier.labels)

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows of which each shares a quarter with the next."""
        texts = [document.text for document in documents]
        overlap = self._loaded.max_length // OVERLAP
        return [*self._classifier.windows(texts, overlap, offsets=True)]

    def read_tokens(self, logits: Floats) -> tuple[npt.NDArray[Any], ...]:
        """The likeliest label of each token, and its probability; all of them for means."""
        scores = softmax(logits)
        every = scores if self._aggregation == "average" else scores[:, :0]
        return scores.argmax(axis=-1), scores.max(axis=-1), every

    def spans(
        self,
        document: Document,
        predictions: Sequence[tuple[Excerpt, tuple[npt.NDArray[Any], ...]]],
        options: RunOptions,
    ) -> list[Result]:
        """The entities in order of their place in the document."""
        firsts = [excerpt.first for excerpt, _ in predictions]
        judged = merged(firsts, [_without_special(*one) for one in predictions])
        excerpt, _ = predictions[0]
        offsets = excerpt.encoding.offsets[excerpt.lead :][: len(judged.labels)]
        spans = self._spans(document.text, judged, offsets)
        threshold = self.calibration.threshold
        found = [_entity(document.text, span, offsets, threshold) for span in spans]
        if self._aggregation == "simple":
            return [*found]
        # Whole words are asked for: a comma neither ends a name nor is one.
        return [named for one in found if (named := _named(document, one)) is not None]

    def _spans(self, text: str, judged: TokenPredictions, offsets: Offsets) -> list[Span]:
        if self._aggregation == "simple" or not len(judged.labels):
            return self._grouping.spans(judged)
        starts = word_starts(text, offsets)
        words = self._grouping.spans(by_word(judged, starts, self._aggregation))
        return [in_tokens(span, starts, len(judged.labels)) for span in words]


def _without_special(excerpt: Excerpt, tokens: tuple[npt.NDArray[Any], ...]) -> TokenPredictions:
    """What was read of the text's own tokens."""
    own = slice(excerpt.lead, excerpt.lead + excerpt.tokens)
    return TokenPredictions(*(array[own] for array in tokens))


def _named(document: Document, found: Entity) -> Entity | None:
    text = document.text
    start, end = name_edges(text, found.start, found.end)
    # What is read may be a translation, whose language is another one.
    language = document.language if document.text_used == ORIGINAL else None
    if start == end or is_function_word(text, start, end, language):
        return None
    return replace(found, text=text[start:end], start=start, end=end)


def _entity(text: str, span: Span, offsets: Sequence[tuple[int, int]], threshold: float) -> Entity:
    start, end = offsets[span.first][0], offsets[span.last][1]
    start, end = without_space_before(text, start, end)
    unsure = span.score < threshold
    return Entity(span.kind, text[start:end], start, end, span.score, unsure=unsure)
