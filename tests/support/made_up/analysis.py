"""Politeness: how the customer writes, e.g. RUDE."""

from __future__ import annotations

from workers.classification.analysis import ClassificationAnalysis


class PolitenessAnalysis(ClassificationAnalysis):
    """Sequence classification; see `ClassificationAnalysis`."""

    name = "politeness"
