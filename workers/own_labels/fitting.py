"""What texts are compared with, so that their labels show: made of vectors, in closed form.

Without examples a label is the vector of its name and description. With examples it is the mean of
theirs, and labels are told apart by linear discriminant analysis with a covariance that is shrunk
towards a multiple of the identity (Friedman 1989, "Regularized discriminant analysis"): with eight
examples a label it is as good as a logistic regression, and its solution is exact, so that every
worker has the same. All constants were chosen on banking77 and CLINC150; see docs/your_models.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workers.classification.classifier import softmax
from workers.encoders.interface import Floats, Ints

#: How far the covariance is shrunk: 0 not at all, 1 wholly.
SHRINKAGE = 0.6
#: Without examples: a text has none of the labels if its cosine with the best is not so many
#: standard deviations above the mean of those between texts that are about different things. With
#: the built-in vectors that is 0.45.
DEVIATIONS = 1.5
#: With examples: the part of them that would be left without a label, each judged by the others.
LEFT_OUT = 0.1
#: Over how many of these standard deviations a cosine goes from surely none to surely one.
SOFTNESS = 0.35
#: Parts of the examples, each of which is judged by the others.
_FOLDS = 8
_TEMPERATURES = np.geomspace(1, 64, 25)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Labels as directions.

    Attributes:
        centres: The mean direction of each label, of length 1, (labels, width).
        weights: By which labels are told apart, (labels, width), …
        bias: … with what is added, (labels,).
        temperature: By which that is divided before it is made probabilities.
        floor: The cosine with its best label that a text has to have, else it has none.
        softness: In cosines, how gradually.
    """

    centres: Floats
    weights: Floats
    bias: Floats
    temperature: float
    floor: float
    softness: float

    def exclusive(self, vector: Floats) -> tuple[Floats, bool]:
        """How probable each label is, and behind them that there is none, (labels + 1,); and
        whether there is none.

        Args:
            vector: Of a text, of length 1, (width,).
        """
        logits = (self.weights @ vector + self.bias) / self.temperature
        nearness = self.centres[int(logits.argmax())] @ vector - self.floor
        some = _sigmoid(nearness / self.softness)
        shares = np.append(softmax(logits) * some, 1 - some)
        return shares.astype(np.float32), bool(nearness < 0)

    def independent(self, vectors: Floats) -> Floats:
        """How probable each label is by itself, (labels,): by the nearest part of the text.

        Args:
            vectors: Of parts of a text, each of length 1, (parts, width).
        """
        nearness = (self.centres @ vectors.T).max(axis=1) - self.floor
        found: Floats = _sigmoid(nearness / self.softness).astype(np.float32)
        return found

    def as_numbers(self) -> dict[str, Any]:
        """What JSON can hold."""
        return {name: np.asarray(getattr(self, name)).tolist() for name in self.__slots__}

    @classmethod
    def of_numbers(cls, kept: Mapping[str, Any]) -> Fitted:
        """The same again. Raises KeyError, TypeError or ValueError at anything else."""
        return cls(
            centres=np.array(kept["centres"], dtype=np.float32),
            weights=np.array(kept["weights"], dtype=np.float32),
            bias=np.array(kept["bias"], dtype=np.float32),
            temperature=float(kept["temperature"]),
            floor=float(kept["floor"]),
            softness=float(kept["softness"]),
        )


def fit(described: Floats, examples: Floats, of_label: Ints, others: Floats) -> Fitted:
    """Make labels of vectors, all of length 1.

    Args:
        described: Of the name and description of each label, (labels, width).
        examples: Of texts that have a label, (examples, width); none, or some for each label.
        of_label: Which label each has, (examples,).
        others: Of texts that are each about something else, (texts, width).
    """
    mean, deviation = _of_strangers(others)
    # A difference of cosines counts alike between labels and between one and none.
    softness = SOFTNESS * deviation
    if not len(examples):
        floor = mean + DEVIATIONS * deviation
        plain = np.zeros(len(described), dtype=np.float32)
        return Fitted(described, described, plain, softness, floor, softness)
    seen, found = _cross_validated(described, examples, of_label)
    centres, weights, bias = _discriminant(described, examples, of_label)
    return Fitted(
        centres=_of_length_1(centres),
        weights=weights,
        bias=bias,
        temperature=_temperature(found, of_label),
        floor=float(np.quantile(seen, LEFT_OUT)),
        softness=softness,
    )


def _of_strangers(others: Floats) -> tuple[float, float]:
    """Mean and standard deviation of the cosines between texts about different things: what an
    encoder gives for nothing differs from one to the other.
    """
    cosines = (others @ others.T)[np.triu_indices(len(others), 1)]
    return float(cosines.mean()), max(float(cosines.std()), 1e-6)


def _discriminant(
    described: Floats, examples: Floats, of_label: Ints
) -> tuple[Floats, Floats, Floats]:
    """The means of labels, of which the description is one example, and the two parts of a linear
    discriminant.
    """
    vectors = np.concatenate([described, examples]).astype(np.float64)
    labels = np.concatenate([np.arange(len(described)), of_label])
    sums = np.zeros(described.shape, dtype=np.float64)
    np.add.at(sums, labels, vectors)
    means = sums / np.bincount(labels, minlength=len(described))[:, None]
    apart = vectors - means[labels]
    covariance = apart.T @ apart / max(1, len(vectors) - len(described))
    width = covariance.shape[0]
    mean_variance = max(float(np.trace(covariance)) / width, 1e-9)
    shrunk = (1 - SHRINKAGE) * covariance + SHRINKAGE * mean_variance * np.eye(width)
    weights = np.linalg.solve(shrunk, means.T).T
    bias = -0.5 * (weights * means).sum(axis=1)
    return means.astype(np.float32), weights.astype(np.float32), bias.astype(np.float32)


def _cross_validated(described: Floats, examples: Floats, of_label: Ints) -> tuple[Floats, Floats]:
    """Of each example what the others make of it: its cosine with its own label, (examples,), and
    what tells it from others, (examples, labels).
    """
    # The examples of each label in turn, so that each part has some of all.
    turn = np.array([int((of_label[:place] == one).sum()) for place, one in enumerate(of_label)])
    folds = min(_FOLDS, int(np.bincount(of_label).min()))
    cosines = np.zeros(len(examples), dtype=np.float32)
    logits = np.zeros((len(examples), len(described)), dtype=np.float32)
    for fold in range(folds):
        out = turn % folds == fold
        means, weights, bias = _discriminant(described, examples[~out], of_label[~out])
        logits[out] = examples[out] @ weights.T + bias
        cosines[out] = (examples[out] * _of_length_1(means)[of_label[out]]).sum(axis=1)
    return cosines, logits


def _temperature(logits: Floats, of_label: Ints) -> float:
    """Of those tried, that of the least negative log-likelihood."""
    rows = np.arange(len(of_label))
    losses = [
        -float(np.log(np.maximum(softmax(logits / one)[rows, of_label], 1e-9)).mean())
        for one in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def _of_length_1(vectors: Floats) -> Floats:
    made: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    return made


def _sigmoid(number: Any) -> Any:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-number))
