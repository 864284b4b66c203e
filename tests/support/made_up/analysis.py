"""Politeness: how the customer writes, e.g. RUDE."""

from __future__ import annotations

from schema.results.politeness import Politeness

from workers.classification.analysis import ClassificationAnalysis
from workers.encoders.interface import Floats


class PolitenessAnalysis(ClassificationAnalysis):
    """Sequence classification; see `ClassificationAnalysis`."""

    name = "politeness"

    def result(self, scores: Floats, windows: int) -> Politeness:
        """The likeliest class."""
        return Politeness(*self.likeliest(scores), windows=windows)
