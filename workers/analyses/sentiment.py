"""Sentiment: the class of a document, e.g. POSITIVE, and its polarity."""

from __future__ import annotations

from typing import Any

from schema.catalog import Catalog
from schema.results.sentiment import Sentiment
from workers.classification.analysis import ClassificationAnalysis
from workers.classification.label_check import label_values
from workers.classification.polarity import POLARITIES, PolarityReader
from workers.encoders.interface import Floats
from workers.models.registry import ModelRegistry


class SentimentAnalysis(ClassificationAnalysis):
    """Sequence classification; see `ClassificationAnalysis`. Its classes are the polarities: how
    sure it is, is how probable the polarity is, of whichever labels.

    Attributes:
        values: Of each label in -1…1; none where the model gives one number.
    """

    name = "sentiment"

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's [sentiment].

        Raises:
            ModelError: Also if its labels do not say what they mean.
        """
        super().__init__(catalog, device, models)
        entry = catalog.entry(self.name)
        self.values = label_values(entry, self.labels, self.kind)
        self._reader = PolarityReader(self.kind, self.values, entry.scale)
        self._said: dict[str, Any] = {}
        if entry.polarity:
            self._said["polarity"] = entry.polarity
        if entry.scale:
            self._said["scale"] = list(entry.scale)

    @property
    def classes(self) -> tuple[str, ...]:
        """The polarities."""
        return POLARITIES

    def class_probabilities(self, scores: Floats) -> Floats:
        """The probability of each polarity."""
        return self._reader.read(scores)[..., :-1]

    def result(self, scores: Floats, windows: int) -> Sentiment:
        """The likeliest label, the likeliest polarity, and the mean of all."""
        *probabilities, polarity_score = self._reader.read(scores).tolist()
        probability = max(probabilities)
        return Sentiment(
            **self.label_fields(scores.tolist(), probability),
            windows=windows,
            polarity=POLARITIES[probabilities.index(probability)].value,
            polarity_score=polarity_score,
        )

    def options(self) -> dict[str, Any]:
        """What of the catalog changes results."""
        return super().options() | self._said
