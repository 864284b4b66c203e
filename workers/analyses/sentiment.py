"""Sentiment: the class of a document, e.g. POSITIVE."""

from __future__ import annotations

from schema.results.sentiment import Sentiment
from workers.classification.analysis import ClassificationAnalysis
from workers.encoders.interface import Floats


class SentimentAnalysis(ClassificationAnalysis):
    """Sequence classification; see `ClassificationAnalysis`."""

    name = "sentiment"

    def result(self, scores: Floats, windows: int) -> Sentiment:
        """The likeliest class."""
        return Sentiment(*self.likeliest(scores), windows=windows)
