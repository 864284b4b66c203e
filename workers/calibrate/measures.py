"""How good probabilities are: whether they hold what they promise, and what a threshold leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schema.insights import Interval, wilson
from workers.encoders.interface import Floats

Bools = npt.NDArray[np.bool_]

#: Bins of the expected calibration error, all of the same width.
_BINS = 15
#: Results that have to be left for a threshold: fewer say nothing of how often they are right.
MIN_KEPT = 30


@dataclass(frozen=True, slots=True)
class Coverage:
    """What stays when everything below a threshold is unsure.

    Attributes:
        threshold: Probabilities from here on stay.
        total: Results that there are.
        kept: Of them, those that stay.
        right: Of those that stay, the ones that are right.
    """

    threshold: float
    total: int
    kept: int
    right: int

    @property
    def share(self) -> float:
        """The share that stays."""
        return self.kept / self.total

    @property
    def accuracy(self) -> float:
        """The share of what stays that is right; 0 where nothing stays."""
        return self.right / self.kept if self.kept else 0.0

    @property
    def interval(self) -> Interval:
        """Where the accuracy lies, 95 %."""
        return wilson(self.right, self.kept)

    def __add__(self, other: Coverage) -> Coverage:
        """What stays of both together; the threshold is that of the first."""
        return Coverage(
            self.threshold,
            self.total + other.total,
            self.kept + other.kept,
            self.right + other.right,
        )


def calibration_error(confidence: Floats, right: Bools) -> float:
    """The expected calibration error: by how much, in the mean over results, the confidence of
    those that are about as sure differs from how often they are right. 0 is perfect.

    Args:
        confidence: The probability of what the model said, (results,).
        right: Whether it was so, (results,).
    """
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    promised = np.bincount(bins, weights=confidence, minlength=_BINS)
    held = np.bincount(bins, weights=right, minlength=_BINS)
    return float(np.abs(promised - held).sum() / len(confidence))


def coverage_above(threshold: float, confidence: Floats, right: Bools) -> Coverage:
    """What stays at a threshold."""
    stays = confidence >= threshold
    return Coverage(threshold, len(stays), int(stays.sum()), int((stays & right).sum()))


def choose_threshold(confidence: Floats, right: Bools, accuracy: float) -> float | None:
    """The threshold that leaves the most of which at least so many are right.

    Args:
        confidence: The probability of what the model said, (results,).
        right: Whether it was so, (results,).
        accuracy: The share of what stays that has to be right.

    Returns:
        0 where all may stay; None where no threshold does it with `MIN_KEPT` results left.
    """
    order = np.argsort(-confidence, kind="stable")
    sorted_confidence = confidence[order]
    accuracies = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    # Results of the same confidence stay or go together.
    is_last = np.append(sorted_confidence[1:] < sorted_confidence[:-1], True)
    enough = np.arange(1, len(order) + 1) >= MIN_KEPT
    places = np.flatnonzero(is_last & enough & (accuracies >= accuracy))
    if not len(places):
        return None
    last = int(places[-1])
    if last == len(order) - 1:
        return 0.0
    return float(sorted_confidence[last] + sorted_confidence[last + 1]) / 2


def threshold_for_coverage(confidence: Floats, coverage: float) -> float:
    """The threshold above which about such a share stays."""
    return float(np.quantile(confidence, 1 - coverage)) if coverage < 1 else 0.0
