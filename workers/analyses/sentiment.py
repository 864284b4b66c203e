"""Sentiment: the class of a document, as `text-classification` of Transformers 4.57.6 gave it.

A document longer than the model's window is read in consecutive windows; its probabilities are the
mean of theirs, weighted by their tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from transformers import AutoModelForSequenceClassification

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from schema.results.sentiment import Sentiment
from workers.analysis import Window
from workers.classification.analysis import EncoderAnalysis
from workers.classification.classifier import Classifier, softmax
from workers.encoders.interface import Floats
from workers.errors import DocumentError


class SentimentAnalysis(EncoderAnalysis):
    """Sequence classification; see `Analysis` for the contract."""

    name = "sentiment"

    def __init__(self, catalog: Catalog, device: str) -> None:
        """Load the model of the catalog's [sentiment]."""
        entry = catalog.entry(self.name)
        self._classifier = Classifier(entry, AutoModelForSequenceClassification, device)
        self._encoder = self._classifier.encoder
        self._labels = self._classifier.labels
        self._problem_type = self._classifier.loaded.model.config.problem_type

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows that do not overlap."""
        return [*self._classifier.windows([document.text for document in documents], overlap=0)]

    def forward(self, windows: Sequence[Window], on_progress: Callable[[], None]) -> list[Floats]:
        """For each window the score of every class, (classes,)."""
        return list(self._scores(self._classifier.logits(windows, on_progress)))

    def _scores(self, logits: Floats) -> Floats:
        """The pipeline's rules: raw for a regression, else probabilities of labels that exclude
        each other, unless there is only one or the configuration says that they do not.
        """
        if self._problem_type == "regression":
            return logits
        if self._problem_type == "multi_label_classification" or len(self._labels) == 1:
            return (1 / (1 + np.exp(-logits))).astype(np.float32)
        return softmax(logits)

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Floats],
        options: RunOptions,
    ) -> list[Result]:
        """The likeliest class of the whole document."""
        scores = outputs[0]
        if len(windows) > 1:
            tokens = [window.features.tokens for window in windows]
            scores = np.average(outputs, axis=0, weights=tokens).astype(np.float32)
        best = int(scores.argmax())
        return [Sentiment(self._labels[best], float(scores[best]), windows=len(windows))]
