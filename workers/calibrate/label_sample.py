"""Labels that a model gave to texts that people have labelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from schema.results import Result
from schema.results.base import Label
from workers.calibrate.examples import DataError, Example
from workers.calibrate.measures import Bools
from workers.calibrate.temperature import fit_temperature, is_never
from workers.calibrate.truths import truths
from workers.classification.analysis import ClassificationAnalysis
from workers.classification.scores import ScoreKind, temper
from workers.encoders.interface import Floats, Ints


@dataclass(frozen=True, slots=True)
class LabelSample:
    """Labelled texts as the model sees them.

    Attributes:
        scores: What the model gives, uncalibrated, (texts, labels).
        truths: The classes that people gave, (texts,).
        probabilities: The function from scores and a temperature to classes.
    """

    scores: Floats
    truths: Ints
    probabilities: Callable[[Floats, float], Floats]

    @property
    def never(self) -> int:
        """Texts of a class that the model never gives."""
        return int(is_never(self.probabilities(self.scores, 1.0))[self.truths].sum())

    def part(self, chosen: Bools) -> LabelSample:
        """Some of the texts."""
        return LabelSample(self.scores[chosen], self.truths[chosen], self.probabilities)

    def fit_temperature(self) -> float:
        """The temperature of the least negative log-likelihood."""
        return fit_temperature(lambda tried: self.probabilities(self.scores, tried), self.truths)

    def answers(self, temperature: float) -> tuple[Floats, Bools]:
        """How sure the model is of what it says of each text, and whether it is right."""
        at = self.probabilities(self.scores, temperature)
        return at.max(axis=1), at.argmax(axis=1) == self.truths

    def thresholds(self, temperature: float, accuracy: float) -> dict[str, float]:
        """None: one is for all."""
        return {}


def check_has_classes(analysis: ClassificationAnalysis) -> None:
    """Make sure that there is a probability to calibrate.

    Raises:
        DataError: If there is none, or no class that an example could name.
    """
    if analysis.kind is ScoreKind.NUMBERS:
        raise DataError(
            f"the model of {analysis.name} gives numbers, which are no probabilities: there is "
            "nothing to calibrate"
        )
    if analysis.kind is ScoreKind.INDEPENDENT and analysis.classes == tuple(analysis.labels):
        raise DataError(
            f"the model of {analysis.name} may give a text several labels at once, and an example "
            "has one: there is nothing to compare"
        )


def label_sample(
    analysis: ClassificationAnalysis,
    examples: Sequence[Example],
    results: Sequence[Sequence[Result]],
) -> LabelSample:
    """Compare labels.

    Args:
        analysis: Loaded without calibration.
        examples: What people said.
        results: What the model said of each.

    Raises:
        DataError: If the label of an example names no class.
    """
    scores = [_scores(analysis, one) for one in results]
    return LabelSample(
        scores=np.array(scores, dtype=np.float32).reshape(-1, len(analysis.labels)),
        truths=truths(analysis, examples),
        probabilities=lambda rows, temperature: analysis.class_probabilities(
            temper(analysis.kind, rows, temperature)
        ),
    )


def _scores(analysis: ClassificationAnalysis, results: Sequence[Result]) -> list[float]:
    (result,) = results
    assert isinstance(result, Label) and result.probabilities is not None
    return [result.probabilities[label] for label in analysis.labels]
