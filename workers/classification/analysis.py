"""An analysis that classifies whole texts, as `text-classification` of Transformers 4.57.6 did.

A document longer than the model's window is read in consecutive windows; its scores are the mean of
theirs, weighted by their tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from transformers import AutoModelForSequenceClassification

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result, result_table
from workers.analysis import Window
from workers.classification.calibrated import CalibratedAnalysis
from workers.classification.classifier import Classifier
from workers.classification.scores import ScoreKind, check_numbers, scores_of, temper
from workers.encoders.interface import Floats
from workers.errors import DocumentError
from workers.models.registry import ModelRegistry


class ClassificationAnalysis(CalibratedAnalysis):
    """Scores of all labels for each document. A subclass has a `name`, and may make a result of
    its own of them.

    Attributes:
        labels: The names of the classes, in the order of scores.
        kind: What the scores are.
        stored_labels: The labels that are no texts in `config.json`, as they stand there, by name.
    """

    auto_model_class: ClassVar[Any] = AutoModelForSequenceClassification
    needs_offsets = False
    reads_texts = True

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's table of this name."""
        super().__init__(catalog, device, models)
        entry = catalog.entry(self.name)
        self._classifier = Classifier(self._encoder)
        self.labels = self._classifier.labels
        self.stored_labels = self._classifier.stored_labels
        has_scale = entry.scale is not None
        self.kind = ScoreKind.of(self._loaded.model.config, has_scale=has_scale)

    @property
    def classes(self) -> tuple[str, ...]:
        """What a document is said to be: one of the labels, unless a subclass knows better."""
        return tuple(self.labels)

    def class_probabilities(self, scores: Floats) -> Floats:
        """The probability of each of `classes`.

        Args:
            scores: (labels,), or (rows, labels).

        Returns:
            (classes,), or (rows, classes).
        """
        return scores

    def result(self, scores: Floats, windows: int) -> Result:
        """Make a document's result: the likeliest label, and what else a `Label` has.

        Args:
            scores: One for each label, (labels,), calibrated.
            windows: Pieces in which the document was read.
        """
        fields = self.label_fields(scores.tolist(), float(scores.max()))
        result: Result = result_table(self.name).result(**fields, windows=windows)
        return result

    def label_fields(self, scores: list[float], probability: float) -> dict[str, Any]:
        """The fields of a `Label`, but for `windows`.

        Args:
            scores: One for each label, calibrated.
            probability: Of the likeliest of `classes`.
        """
        score = max(scores)
        numbers = self.kind is ScoreKind.NUMBERS
        return {
            "label": self.labels[scores.index(score)],
            "score": score,
            "probabilities": None if numbers else dict(zip(self.labels, scores, strict=True)),
            "unsure": not numbers and probability < self.calibration.threshold,
        }

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows that do not overlap."""
        return [*self._classifier.windows([document.text for document in documents], overlap=0)]

    def read(self, windows: Sequence[Window], logits: Floats) -> list[Floats]:
        """For each window the score of every label, (labels,)."""
        return list(scores_of(self.kind, logits))

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Floats],
        options: RunOptions,
    ) -> list[Result]:
        """The one result of the whole document.

        Raises:
            DocumentError: If the model gives what is no number; JSON could not hold it either.
        """
        scores = outputs[0]
        if len(windows) > 1:
            tokens = [window.features.tokens for window in windows]
            scores = np.average(outputs, axis=0, weights=tokens).astype(np.float32)
        check_numbers(scores)
        scores = temper(self.kind, scores, self.calibration.temperature)
        return [self.result(scores, len(windows))]
