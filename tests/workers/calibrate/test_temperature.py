"""The temperature that is found is the one that the data were made with."""

from __future__ import annotations

import numpy as np
import pytest

from workers.calibrate.temperature import fit_temperature, negative_log_likelihood
from workers.classification.classifier import softmax
from workers.classification.scores import ScoreKind, temper
from workers.encoders.interface import Floats, Ints


def drawn(temperature: float, classes: int, texts: int = 20_000) -> tuple[Floats, Ints]:
    """What a model says that is too sure by this temperature, and the classes that were drawn."""
    draw = np.random.default_rng(11)
    logits = draw.normal(0, 1.5, (texts, classes)).astype(np.float32)
    truths = (softmax(logits).cumsum(axis=1) < draw.random((texts, 1))).sum(axis=1)
    return softmax(logits * np.float32(temperature)), np.minimum(truths, classes - 1)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
@pytest.mark.parametrize("classes", [2, 5])
def test_the_temperature_is_found(temperature: float, classes: int) -> None:
    scores, truths = drawn(temperature, classes)
    found = fit_temperature(lambda tried: temper(ScoreKind.EXCLUSIVE, scores, tried), truths)
    assert found == pytest.approx(temperature, rel=0.05)


def test_a_class_that_the_model_never_gives_makes_it_less_sure() -> None:
    scores, truths = drawn(1.0, 2)
    three = np.concatenate([scores, np.zeros((len(scores), 1), dtype=np.float32)], axis=1)
    neutral = np.where(np.arange(len(truths)) % 4 == 0, 2, truths)

    def at(temperature: float) -> Floats:
        tempered = temper(ScoreKind.EXCLUSIVE, scores, temperature)
        return np.concatenate([tempered, three[:, 2:]], axis=1)

    assert fit_temperature(at, neutral) > 1.2
    assert fit_temperature(at, truths) == pytest.approx(1.0, rel=0.05)


def test_the_likelihood_is_that_of_the_truth() -> None:
    probabilities = np.array([[0.5, 0.5, 0], [0.25, 0.75, 0]], dtype=np.float32)
    expected = -(np.log(0.5) + np.log(0.25)) / 2
    assert negative_log_likelihood(probabilities, np.array([0, 0])) == pytest.approx(expected)
    # Of the third class nothing is said but that the answer is wrong.
    expected = -(np.log(0.5) + np.log(0.25)) / 2
    assert negative_log_likelihood(probabilities, np.array([2, 2])) == pytest.approx(expected)
