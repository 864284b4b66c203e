"""An analysis that sorts texts into labels of the user's own, which its model does not know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from schema.catalog import Catalog
from schema.catalog.own_labels import NONE, OwnLabels
from schema.results import Result, result_table
from workers.classification.analysis import ClassificationAnalysis
from workers.classification.scores import ScoreKind
from workers.encoders.interface import Floats
from workers.models.registry import ModelRegistry

#: The probability from which on a text has a label that excludes no other.
NAMED_FROM = 0.5


class LabelledAnalysis(ClassificationAnalysis):
    """Knows the labels, and says of every result's model what they are made of.

    Attributes:
        own: What the catalog says of the labels.
    """

    def __init__(self, catalog: Catalog, device: str, models: ModelRegistry | None = None) -> None:
        """Load the model of the catalog's table of this name."""
        super().__init__(catalog, device, models)
        own = catalog.entry(self.name).own_labels
        assert own is not None, "an analysis by labels, and the catalog names none"
        self.own: OwnLabels = own
        self.labels = own.names
        is_alone = own.multiple or len(own.labels) == 1
        self.kind = ScoreKind.INDEPENDENT if is_alone else ScoreKind.EXCLUSIVE

    def options(self) -> dict[str, Any]:
        """What of the catalog changes results: other labels, or another word in one, make other
        results.
        """
        said: dict[str, Any] = {"labels": self.own.digest()}
        if self.own.multiple:
            said["multiple"] = True
        if self.own.none_below is not None:
            said["none_below"] = self.own.none_below
        return super().options() | said

    def named(self, scores: Floats, windows: int) -> list[Result]:
        """A document's results, the surest first: the likeliest label, or all that reach what the
        catalog asks where a text may have several; else that it has none.

        Args:
            scores: One for each label, (labels,), calibrated.
            windows: Pieces in which the document was read.
        """
        order = sorted(range(len(scores)), key=lambda place: (-float(scores[place]), place))
        chosen = order if self.own.multiple else order[:1]
        floor = self.own.none_below
        if floor is None:
            floor = NAMED_FROM if self.kind is ScoreKind.INDEPENDENT else 0.0
        said = [(self.labels[one], float(scores[one])) for one in chosen if scores[one] >= floor]
        return self.rows(said or [(NONE, 1 - float(scores.max()))], scores, windows)

    def rows(
        self, found: Sequence[tuple[str, float]], scores: Floats, windows: int
    ) -> list[Result]:
        """The results of a document.

        Args:
            found: Its labels with their probabilities, the surest first.
            scores: One for each of `labels`, (labels,).
            windows: Pieces in which the document was read.
        """
        probabilities = dict(zip(self.labels, scores.tolist(), strict=True))
        return [
            result_table(self.name).result(
                label=label,
                score=score,
                windows=windows,
                # Once a document: the rows of its other labels would repeat them.
                probabilities=probabilities if place == 0 else None,
                unsure=label != NONE and score < self.unsure_below,
            )
            for place, (label, score) in enumerate(found)
        ]

    @property
    def unsure_below(self) -> float:
        """The probability below which a label is unsure."""
        return self.calibration.threshold
