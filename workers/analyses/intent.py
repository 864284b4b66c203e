"""Intent: what the writer of a document is up to, of which it may be several things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from schema.catalog import Catalog
from schema.document import Document
from schema.intents import NO_INTENT
from schema.options import RunOptions
from schema.results import Result
from schema.results.intent import FoundIntent
from workers.analysis import Window
from workers.classification.analysis import ClassificationAnalysis
from workers.classification.intents import INTENTS, IntentReader, label_meanings
from workers.classification.scores import check_numbers, temper
from workers.encoders.interface import Floats
from workers.models.registry import ModelRegistry

#: An intent is named from this probability on.
NAMED_FROM = 0.5


class IntentAnalysis(ClassificationAnalysis):
    """Sequence classification, each intent for itself. A document longer than the window has what
    any of its windows has: whoever cancels in the last sentence cancels.
    """

    name = "intent"

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's [intent].

        Raises:
            ModelError: Also if its labels do not say what they mean.
        """
        super().__init__(catalog, device, models)
        entry = catalog.entry(self.name)
        meanings = label_meanings(entry, self.labels, self.kind)
        self._reader = IntentReader(self.kind, meanings)
        self._said: dict[str, Any] = {"labels": dict(entry.labels)} if entry.labels else {}

    def assemble(
        self,
        document: Document,
        windows: Sequence[Window],
        outputs: Sequence[Floats],
        options: RunOptions,
    ) -> list[Result]:
        """All intents that are more probable than not, the surest first, or that there is none.

        Raises:
            DocumentError: If the model gives what is no number.
        """
        scores = np.stack(outputs)
        check_numbers(scores)
        scores = temper(self.kind, scores, self.calibration.temperature)
        probabilities = self._reader.read(scores).max(axis=0).tolist()
        named = [
            FoundIntent(intent, score, len(windows), score < self.calibration.limit(intent))
            for intent, score in zip(INTENTS, probabilities, strict=True)
            if score >= NAMED_FROM
        ]
        if not named:
            return [FoundIntent(NO_INTENT, 1 - max(probabilities), len(windows))]
        return [*sorted(named, key=lambda found: -found.score)]

    def options(self) -> dict[str, Any]:
        """What of the catalog changes results."""
        return super().options() | self._said
