"""Fitting temperature and threshold, and measuring them on texts that had no say in them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

import numpy as np

from workers.calibrate.examples import DataError
from workers.calibrate.measures import (
    MIN_KEPT,
    Bools,
    Coverage,
    calibration_error,
    choose_threshold,
    coverage_above,
    threshold_for_coverage,
)
from workers.encoders.interface import Floats

#: Results without which nothing is fitted: labels, answers, or entities.
MIN_TEXTS = 100
#: Shares that stay, of which the table says how often they are right.
COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5)


class Sample(Protocol):
    """What a model said of labelled texts, and whether it was right."""

    @property
    def never(self) -> int:
        """Texts of a class that the model never gives; they count as wrong."""

    def part(self, chosen: Bools) -> Self:
        """Some of the results."""

    def fit_temperature(self) -> float:
        """The temperature that fits best; 1 where there is none to fit."""

    def answers(self, temperature: float) -> tuple[Floats, Bools]:
        """How sure the model is of each result, and whether it is right, both (results,)."""

    def thresholds(self, temperature: float, accuracy: float) -> dict[str, float]:
        """Thresholds of classes that have one of their own; none where one is for all."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Temperature and threshold, and what they are worth.

    All figures are of texts that had no say in them: each half of the sample is measured with what
    was fitted to the other. What is kept is fitted to both.

    Attributes:
        error_before: Expected calibration error as the model is.
        error_after: The same at the temperature.
        kept: What stays, and how much of it is right.
        coverages: The same where so many stay, from all to few.
        never: Texts of a class that the model never gives; they count as wrong.
        thresholds: Of intents that have one of their own.
    """

    temperature: float
    threshold: float
    error_before: float
    error_after: float
    kept: Coverage
    coverages: tuple[Coverage, ...]
    never: int
    thresholds: Mapping[str, float] = field(default_factory=dict)


def fit(sample: Sample, halves: Bools, accuracy: float) -> Fit:
    """Fit to all of the sample, and measure by halves.

    Args:
        sample: At least `MIN_TEXTS` results.
        halves: Which half the text of each result is of, (results,).
        accuracy: How much of what is not unsure has to be right.

    Raises:
        DataError: If there are too few texts, or no threshold reaches the accuracy.
    """
    if len(halves) < MIN_TEXTS or min(halves.sum(), (~halves).sum()) < MIN_KEPT:
        raise DataError(
            f"{len(halves)} results are too few to calibrate with, or too many are of the same "
            f"text; label {MIN_TEXTS} texts at least, better a thousand"
        )
    temperature, threshold = _fit(sample, accuracy)
    if threshold is None:
        raise DataError(_unreachable(sample, temperature, accuracy))
    crossed = []
    for half in (halves, ~halves):
        own_temperature, own_threshold = _fit(sample.part(~half), accuracy)
        confidence, right = sample.part(half).answers(own_temperature)
        # Where the other half has no threshold that is good enough, nothing stays of this one.
        limit = own_threshold if own_threshold is not None else np.inf
        crossed.append((confidence, right, coverage_above(limit, confidence, right)))
    confidence = np.concatenate([of_half[0] for of_half in crossed])
    right = np.concatenate([of_half[1] for of_half in crossed])
    kept = crossed[0][2] + crossed[1][2]
    shares = [threshold_for_coverage(confidence, coverage) for coverage in COVERAGES]
    return Fit(
        temperature=temperature,
        threshold=threshold,
        error_before=calibration_error(*sample.answers(1.0)),
        error_after=calibration_error(confidence, right),
        kept=Coverage(threshold, kept.total, kept.kept, kept.right),
        coverages=tuple(coverage_above(share, confidence, right) for share in shares),
        never=sample.never,
        thresholds=sample.thresholds(temperature, accuracy),
    )


def halves_of(texts: Sequence[str]) -> Bools:
    """Which half each text is of: equal texts are of the same, and always of the same."""
    digests = (hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in texts)
    return np.array([digest[0] % 2 == 1 for digest in digests])


def _fit(sample: Sample, accuracy: float) -> tuple[float, float | None]:
    temperature = sample.fit_temperature()
    threshold = choose_threshold(*sample.answers(temperature), accuracy)
    return temperature, None if threshold is None else round(threshold, 6)


def _unreachable(sample: Sample, temperature: float, accuracy: float) -> str:
    confidence, right = sample.answers(temperature)
    surest = right[np.argsort(-confidence, kind="stable")[:MIN_KEPT]]
    return (
        f"no threshold leaves results of which {accuracy:.0%} are right: of the surest "
        f"{len(surest)} of {len(right)} {surest.mean():.0%} are; ask for less with "
        "--accuracy, or take a better model"
    )
