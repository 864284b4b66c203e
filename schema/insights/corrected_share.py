"""The share of texts that have a property, from labels of a person and scores of a model: PPI++.

A model that takes every tenth good text for a bad one counts far too many bad ones, however many
texts it reads. Labels of a random part say how far it is off; its scores on all texts make the
labels worth more than they are alone.

Angelopoulos, Duchi and Zrnic (2023), “PPI++: Efficient Prediction-Powered Inference”,
arXiv:2311.01453, for a mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from schema.insights.proportion import Interval

#: Labels of a person, drawn at random, below which no share is given: with 100 the interval has the
#: share in it 82 times of 100 where it is 3 %, in place of 95.
MIN_LABELS = 300


class FewLabelsError(ValueError):
    """There are fewer labels than `MIN_LABELS`; raised by `corrected_share`, and shown to nobody:
    whoever calls it asks before, or counts what is "classified as" in place of the share.
    """


@dataclass(frozen=True, slots=True)
class Scores:
    """What is known of a model's scores over all texts, the labelled ones included.

    Attributes:
        count: How many texts there are.
        mean: The mean of their scores.
        variance: Its variance, with `count` below the line.
    """

    count: int
    mean: float
    variance: float

    @classmethod
    def of(cls, scores: ArrayLike) -> Scores:
        """Of all scores, one a text."""
        given = np.asarray(scores, dtype=np.float64)
        return cls(len(given), float(given.mean()), float(given.var()))


class CorrectedShare(NamedTuple):
    """A share that can be shown as the share.

    Attributes:
        share: 0…1.
        interval: Where it lies, 95 times of 100; both ends in 0…1.
        labels: How many labels it stands on.
        weight: How much of the model's score is used; 0 where the score says nothing.
    """

    share: float
    interval: Interval
    labels: int
    weight: float


def corrected_share(
    labels: ArrayLike, scores: ArrayLike, everyone: Scores, confidence: float = 0.95
) -> CorrectedShare:
    """The share of texts that have a property.

    Args:
        labels: 0 or 1 for each text that was drawn at random and that a person looked at.
        scores: The model's score of each of these, higher where the property is likelier: a
            probability, or any other number, since it is weighted by how well it agrees.
        everyone: The scores of all texts.
        confidence: How many of such intervals have the share in them.

    Raises:
        FewLabelsError: If there are fewer than `MIN_LABELS` labels.
        ValueError: If there are not as many scores as labels, or fewer texts than labels.
    """
    truth, score = np.asarray(labels, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    if truth.shape != score.shape or len(truth) > everyone.count:
        raise ValueError("a label has one score, and is one of all texts")
    if len(truth) < MIN_LABELS:
        raise FewLabelsError(f"{len(truth)} labels are fewer than {MIN_LABELS}")
    ratio = len(truth) / everyone.count
    weight = 0.0
    if everyone.variance > 0:
        together = float(np.cov(truth, score)[0, 1])
        # Where the score points the wrong way, it is of no use.
        weight = max(0.0, together / ((1 + ratio) * everyone.variance))
    rest = truth - weight * score
    share = min(1.0, max(0.0, weight * everyone.mean + float(rest.mean())))
    variance = float(rest.var(ddof=1)) / len(truth)
    variance += weight**2 * everyone.variance / everyone.count
    interval = _interval(share, variance, len(truth), confidence)
    return CorrectedShare(share, interval, len(truth), weight)


def _interval(share: float, variance: float, labels: int, confidence: float) -> Interval:
    """Wilson's interval for as many labels as would have this variance alone: beside a small share
    it reaches further up than down, as it has to, and never below 0.
    """
    # Where nothing was found, the labels alone say how far up the share may be.
    worth = share * (1 - share) / variance if variance > 0 and 0 < share < 1 else float(labels)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    spread = z * z / worth
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / worth + spread / (4 * worth)) / (1 + spread)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))
