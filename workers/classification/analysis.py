"""An analysis that classifies whole texts, as `text-classification` of Transformers 4.57.6 did.

A document longer than the model's window is read in consecutive windows; its scores are the mean of
theirs, weighted by their tokens.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from transformers import AutoModelForSequenceClassification

from schema.catalog import Catalog
from schema.document import Document
from schema.options import RunOptions
from schema.results import Result
from workers.analysis import Window
from workers.classification.classifier import Classifier, softmax
from workers.encoders.analysis import EncoderAnalysis
from workers.encoders.interface import Floats
from workers.errors import DocumentError
from workers.models.registry import ModelRegistry


class ClassificationAnalysis(EncoderAnalysis):
    """Scores of all labels for each document. A subclass has a `name`, and makes a result of them.

    Attributes:
        labels: The names of the classes, in the order of scores.
    """

    auto_model_class = AutoModelForSequenceClassification
    reads_texts = True

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's table of this name."""
        super().__init__(catalog, device, models)
        self._classifier = Classifier(self._encoder)
        self.labels = self._classifier.labels
        self._problem_type = self._loaded.model.config.problem_type

    @abstractmethod
    def result(self, scores: Floats, windows: int) -> Result:
        """Make a document's result.

        Args:
            scores: One for each label, (labels,).
            windows: Pieces in which the document was read.
        """

    def likeliest(self, scores: Floats) -> tuple[str, float]:
        """The label with the highest score, and that score."""
        best = int(scores.argmax())
        return self.labels[best], float(scores[best])

    def prepare(
        self, documents: Sequence[Document], options: RunOptions
    ) -> list[list[Window] | DocumentError]:
        """Windows that do not overlap."""
        return [*self._classifier.windows([document.text for document in documents], overlap=0)]

    def read(self, windows: Sequence[Window], logits: Floats) -> list[Floats]:
        """For each window the score of every label, (labels,)."""
        return list(self._scores(logits))

    def _scores(self, logits: Floats) -> Floats:
        """The pipeline's rules: raw for a regression, else probabilities of labels that exclude
        each other, unless there is only one or the configuration says that they do not.
        """
        if self._problem_type == "regression":
            return logits
        if self._problem_type == "multi_label_classification" or len(self.labels) == 1:
            return (1 / (1 + np.exp(-logits))).astype(np.float32)
        return softmax(logits)

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Floats],
        options: RunOptions,
    ) -> list[Result]:
        """The one result of the whole document."""
        scores = outputs[0]
        if len(windows) > 1:
            tokens = [window.features.tokens for window in windows]
            scores = np.average(outputs, axis=0, weights=tokens).astype(np.float32)
        return [self.result(scores, len(windows))]
