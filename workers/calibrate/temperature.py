"""The temperature that makes a model's probabilities fit what people say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from workers.encoders.interface import Floats, Ints

#: The probability of each class of each text at a temperature, (texts, classes).
ProbabilitiesAt = Callable[[float], Floats]

_COLDEST, _HOTTEST = 0.1, 20.0
#: Temperatures that are tried at once, and how often the best two steps are looked at more closely.
_STEPS, _ROUNDS = 15, 4
_LEAST = 1e-7


def fit_temperature(probabilities_at: ProbabilitiesAt, truths: Ints) -> float:
    """The temperature of the least negative log-likelihood.

    Args:
        probabilities_at: The model's probabilities at a temperature.
        truths: The class of each text, (texts,).
    """
    low, high = np.log(_COLDEST), np.log(_HOTTEST)
    for _ in range(_ROUNDS):
        tried = np.linspace(low, high, _STEPS)
        losses = [
            negative_log_likelihood(probabilities_at(float(np.exp(one))), truths) for one in tried
        ]
        best = int(np.argmin(losses))
        low, high = tried[max(best - 1, 0)], tried[min(best + 1, _STEPS - 1)]
    return round(float(np.exp(tried[best])), 4)


def negative_log_likelihood(probabilities: Floats, truths: Ints) -> float:
    """The mean over texts of what was said of their class.

    Of a class that the model never gives (neutral, where it only knows two) nothing can be said but
    that the answer is wrong: then it is the probability that the model gives to that.
    """
    of_truth = np.take_along_axis(probabilities, truths[:, None], axis=1)[:, 0]
    of_wrong = 1 - probabilities.max(axis=1)
    said = np.where(is_never(probabilities)[truths], of_wrong, of_truth)
    return float(-np.log(np.maximum(said, _LEAST)).mean())


def is_never(probabilities: Floats) -> npt.NDArray[np.bool_]:
    """Whether the model gives each class to no text whatever, (classes,)."""
    never: npt.NDArray[np.bool_] = probabilities.max(axis=0) <= 0
    return never
