"""From logits to the scores of labels, by the kind of head that a model has.

The scores are those of the `text-classification` pipeline of Transformers 4.57.6.
"""

from __future__ import annotations

import enum
from typing import Any

import numpy as np

from workers.classification.classifier import softmax
from workers.encoders.interface import Floats
from workers.errors import DocumentError

#: Probabilities nearer to 0 or 1 than this are taken for this: float32 knows none nearer to 1.
_LEAST = float(np.finfo(np.float32).eps)


class ScoreKind(enum.Enum):
    """What the scores of a model's labels are.

    EXCLUSIVE: Probabilities of labels of which one is right; they add up to 1.
    INDEPENDENT: A probability for each label, whatever the others have (`multi_label`).
    NUMBERS: What a regression gives, on a scale of its own.
    """

    EXCLUSIVE = enum.auto()
    INDEPENDENT = enum.auto()
    NUMBERS = enum.auto()

    @classmethod
    def of(cls, config: Any, *, has_scale: bool) -> ScoreKind:
        """The kind that a configuration says, by the pipeline's rules.

        Args:
            config: Of Transformers, with `problem_type` and `num_labels`.
            has_scale: Whether the catalog gives a scale, which only numbers have.
        """
        if config.problem_type == "regression" or has_scale:
            return cls.NUMBERS
        if config.problem_type == "multi_label_classification" or config.num_labels == 1:
            return cls.INDEPENDENT
        return cls.EXCLUSIVE


def scores_of(kind: ScoreKind, logits: Floats) -> Floats:
    """The scores of rows of logits, (rows, labels)."""
    if kind is ScoreKind.NUMBERS:
        return logits
    if kind is ScoreKind.INDEPENDENT:
        # What overflows is infinite, and its score the 0 that it should be.
        with np.errstate(over="ignore"):
            return (1 / (1 + np.exp(-logits))).astype(np.float32)
    return softmax(logits)


def temper(kind: ScoreKind, scores: Floats, temperature: float) -> Floats:
    """The scores that the model would have given if its logits were divided by a temperature.

    Of a text that was read in windows it is the mean of their scores that is tempered, so which
    label is the likeliest never changes.

    Args:
        kind: Of the scores; numbers stay as they are.
        scores: (labels,), or (rows, labels).
        temperature: 1 changes nothing.
    """
    if temperature == 1 or kind is ScoreKind.NUMBERS:
        return scores
    if kind is ScoreKind.EXCLUSIVE:
        logits = np.log(np.maximum(scores, np.finfo(np.float32).tiny))
    else:
        sure = np.clip(scores, _LEAST, 1 - _LEAST)
        logits = np.log(sure / (1 - sure))
    return scores_of(kind, (logits / temperature).astype(np.float32))


def check_numbers(*scores: Floats) -> None:
    """Let nothing through that JSON could not hold.

    Args:
        scores: Of any shape.

    Raises:
        DocumentError: If one is NaN or infinite.
    """
    if not all(np.isfinite(some).all() for some in scores):
        raise DocumentError(
            "the model gives a score that is not a number (NaN) or infinite; set precision = "
            '"fp32" in the catalog, or name another model'
        )
