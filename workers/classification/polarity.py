"""From the scores of a model's labels to the polarity of a document."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from schema.polarity import Polarity, polarity_of
from workers.classification.scores import ScoreKind
from workers.encoders.interface import Floats

#: In the order of `PolarityReader.probabilities`.
POLARITIES = tuple(Polarity)


class PolarityReader:
    """Says how probable each polarity is, and where between -1 and 1 a document lies.

    Labels that exclude each other lend their probability to the polarity of their value: of 30 %
    `1 star`, 30 % `2 stars` and 40 % `5 stars` negative has 60 %. Labels that do not exclude each
    other do the same, as shares of all where they add up to more than 1; where to less, the rest is
    neutral, since nothing was felt. A single label with a probability is one of two: the other has
    the opposite value. Numbers are read on their scale; several are how strong each label is.

    Args:
        kind: What the scores are.
        values: Of each label, in the order of the scores, in -1…1. One number needs none.
        scale: Of numbers: the worst and the best that there is.
    """

    def __init__(
        self, kind: ScoreKind, values: Sequence[float], scale: tuple[float, float] | None = None
    ) -> None:
        self._kind = kind
        self._scale = scale if kind is ScoreKind.NUMBERS else None
        self._is_pair = kind is ScoreKind.INDEPENDENT and len(values) == 1
        if self._is_pair:
            values = [*values, *(-value for value in values)]
        #: (labels, 4): which polarity a label has, as 0 and 1, and its value.
        self._matrix = np.zeros((len(values), len(POLARITIES) + 1), dtype=np.float32)
        for row, value in zip(self._matrix, values, strict=True):
            row[POLARITIES.index(polarity_of(value))] = 1
            row[-1] = value

    def read(self, scores: Floats) -> Floats:
        """How probable each of `POLARITIES` is, and where in -1…1 a document lies: the mean of the
        values, each as its label is probable. Of one number all is of the polarity that it has.

        Args:
            scores: (labels,), or (rows, labels).

        Returns:
            (polarities + 1,), or (rows, polarities + 1).
        """
        if self._kind is ScoreKind.EXCLUSIVE:
            exclusive: Floats = scores @ self._matrix
            return exclusive
        strengths = scores if self._scale is None else self._on_scale(scores)
        if self._scale is not None and not len(self._matrix):
            return self._of_number(2 * strengths[..., 0] - 1)
        if self._is_pair:
            strengths = np.concatenate((strengths, 1 - strengths), axis=-1)
        weights = strengths / np.maximum(strengths.sum(axis=-1, keepdims=True), 1)
        found: Floats = weights @ self._matrix
        found[..., POLARITIES.index(Polarity.NEUTRAL)] += np.maximum(1 - weights.sum(axis=-1), 0)
        return found

    def _on_scale(self, scores: Floats) -> Floats:
        """Numbers as shares of their scale, 0…1."""
        assert self._scale is not None
        worst, best = self._scale
        shares: Floats = np.clip((scores - worst) / (best - worst), 0, 1)
        return shares

    def _of_number(self, values: Floats) -> Floats:
        """What is read of values in -1…1."""
        found = np.zeros((*values.shape, len(POLARITIES) + 1), dtype=np.float32)
        for index in np.ndindex(values.shape):
            found[*index, POLARITIES.index(polarity_of(float(values[index])))] = 1
        found[..., -1] = values
        return found
