"""Sentiment: the class of a document, e.g. POSITIVE, and its polarity."""

from __future__ import annotations

from typing import Any

from schema.catalog import Catalog
from schema.results.sentiment import Sentiment
from workers.classification.analysis import ClassificationAnalysis
from workers.classification.label_check import UnclearLabelsError, label_values
from workers.classification.polarity import POLARITIES, PolarityReader
from workers.encoders.interface import Floats
from workers.models.registry import ModelRegistry


class SentimentAnalysis(ClassificationAnalysis):
    """Sequence classification; see `ClassificationAnalysis`. Its classes are the polarities: how
    sure it is, is how probable the polarity is, of whichever labels.

    Attributes:
        values: Of each label in -1…1; none where the model gives one number, or where nobody can
            tell what its labels mean, see `unclear`.
    """

    name = "sentiment"

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's [sentiment]."""
        super().__init__(catalog, device, models)
        entry = catalog.entry(self.name)
        self.values: list[float] = []
        self._reader: PolarityReader | None = None
        try:
            self.values = label_values(entry, self.labels, self.kind)
            self._reader = PolarityReader(self.kind, self.values, entry.scale)
        except UnclearLabelsError as error:
            self.unclear = str(error)
        self._said: dict[str, Any] = {}
        if entry.polarity:
            self._said["polarity"] = entry.polarity
        if entry.scale:
            self._said["scale"] = list(entry.scale)

    @property
    def classes(self) -> tuple[str, ...]:
        """The polarities; the labels where nobody can tell what they mean."""
        return POLARITIES if self._reader else tuple(self.labels)

    def class_probabilities(self, scores: Floats) -> Floats:
        """The probability of each of `classes`."""
        return self._reader.read(scores)[..., :-1] if self._reader else scores

    def result(self, scores: Floats, windows: int) -> Sentiment:
        """The likeliest label, the likeliest polarity, and the mean of all."""
        if self._reader is None:
            fields = self.label_fields(scores.tolist(), float(scores.max()))
            return Sentiment(**fields, windows=windows)
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
