"""Corrected shares: the formula, and how often the interval has the share in it."""

from __future__ import annotations

import numpy as np
import pytest

from schema.insights.corrected_share import FewLabelsError, Scores, corrected_share
from schema.insights.proportion import wilson


def drawn(random: np.random.Generator, share: float) -> tuple[np.ndarray, np.ndarray]:
    """2,000 texts: which are bad, and scores of a model that finds every second of them."""
    bad = random.random(2_000) < share
    return bad, np.where(bad, random.beta(2, 2, 2_000), random.beta(1, 6, 2_000))


def test_the_weight_is_that_of_the_least_variance() -> None:
    bad, score = drawn(np.random.default_rng(0), 0.2)
    found = corrected_share(bad[:400], score[:400], Scores.of(score))
    truth, known = bad[:400].astype(float), score[:400]
    slope = np.cov(truth, known)[0, 1] / (1 + 400 / 2_000) / score.var()
    assert found.weight == pytest.approx(slope)
    by_hand = truth.mean() + slope * (score.mean() - known.mean())
    assert found.share == pytest.approx(by_hand)
    assert found.labels == 400


@pytest.mark.parametrize("share", [0.03, 0.45])
def test_it_covers_and_beats_labels_alone(share: float) -> None:
    random = np.random.default_rng(5)
    covers, errors, alone = 0, [], []
    for _ in range(500):
        bad, score = drawn(random, share)
        found = corrected_share(bad[:300], score[:300], Scores.of(score))
        covers += found.interval.low <= share <= found.interval.high
        errors.append(found.share - share)
        alone.append(bad[:300].mean() - share)
    assert 0.92 <= covers / 500 <= 0.985
    assert np.mean(np.square(errors)) < 0.9 * np.mean(np.square(alone))
    assert abs(np.mean(errors)) < 0.003


def test_a_useless_score_leaves_the_labels_alone() -> None:
    labels = np.arange(300) < 30
    found = corrected_share(labels, -1.0 * labels, Scores(5_000, -0.1, 0.09))
    assert (found.share, found.weight) == (0.1, 0.0)
    constant = corrected_share(labels, np.ones(300), Scores(5_000, 1.0, 0.0))
    # But for n - 1 in place of n it is the interval of the labels.
    assert constant.interval == pytest.approx(wilson(30, 300), abs=2e-4)


def test_none_and_all_have_an_interval_too() -> None:
    none = corrected_share(np.zeros(300), np.zeros(300), Scores(5_000, 0.0, 0.0))
    assert none.interval == pytest.approx(wilson(0, 300))
    everyone = corrected_share(np.ones(300), np.zeros(300), Scores(5_000, 0.0, 0.0))
    assert everyone.interval == pytest.approx(wilson(300, 300))


def test_few_labels_are_refused() -> None:
    with pytest.raises(FewLabelsError):
        corrected_share(np.zeros(299), np.zeros(299), Scores(5_000, 0.1, 0.1))
    with pytest.raises(ValueError, match="a label has one score"):
        corrected_share(np.zeros(300), np.zeros(300), Scores(299, 0.1, 0.1))
