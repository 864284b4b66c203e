"""Scores of heads of each kind, and what a temperature makes of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from workers.classification.scores import ScoreKind, scores_of, temper

LOGITS = np.array([[2.0, -1.0, 0.5], [-4.0, 3.0, 8.0]], dtype=np.float32)
PROBABILITIES = [ScoreKind.EXCLUSIVE, ScoreKind.INDEPENDENT]


@pytest.mark.parametrize(
    ("problem", "labels", "has_scale", "kind"),
    [
        (None, 3, False, ScoreKind.EXCLUSIVE),
        ("single_label_classification", 2, False, ScoreKind.EXCLUSIVE),
        ("multi_label_classification", 3, False, ScoreKind.INDEPENDENT),
        (None, 1, False, ScoreKind.INDEPENDENT),
        (None, 1, True, ScoreKind.NUMBERS),
        ("regression", 1, False, ScoreKind.NUMBERS),
    ],
)
def test_the_kind_is_the_configurations(
    problem: str | None, labels: int, has_scale: bool, kind: ScoreKind
) -> None:
    config = SimpleNamespace(problem_type=problem, num_labels=labels)
    assert ScoreKind.of(config, has_scale=has_scale) is kind


@pytest.mark.parametrize("kind", PROBABILITIES)
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_tempered_scores_are_those_of_divided_logits(kind: ScoreKind, temperature: float) -> None:
    tempered = temper(kind, scores_of(kind, LOGITS), temperature)
    assert tempered == pytest.approx(scores_of(kind, LOGITS / np.float32(temperature)), abs=1e-4)
    assert tempered.dtype == np.float32


def test_numbers_have_no_temperature() -> None:
    assert temper(ScoreKind.NUMBERS, LOGITS, 3.0) is LOGITS


@pytest.mark.parametrize("kind", PROBABILITIES)
def test_the_surest_scores_stay_finite(kind: ScoreKind) -> None:
    sure = np.array([1.0, 0.0], dtype=np.float32)
    for temperature in (0.05, 20.0):
        tempered = temper(kind, sure, temperature)
        assert np.isfinite(tempered).all()
        assert tempered[0] > tempered[1]
