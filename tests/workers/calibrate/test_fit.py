"""Temperature and threshold of a whole sample, measured by halves."""

from __future__ import annotations

import numpy as np
import pytest

from tests.workers.calibrate.test_temperature import drawn
from workers.calibrate.examples import DataError
from workers.calibrate.fit import MIN_TEXTS, fit, halves_of
from workers.calibrate.label_sample import LabelSample
from workers.calibrate.measures import Bools
from workers.classification.scores import ScoreKind, temper


def sample(temperature: float, texts: int) -> LabelSample:
    scores, truths = drawn(temperature, 2, texts)
    return LabelSample(scores, truths, lambda rows, tried: temper(ScoreKind.EXCLUSIVE, rows, tried))


def halves(texts: int) -> Bools:
    is_even: Bools = np.arange(texts) % 2 == 0
    return is_even


def test_an_overconfident_model_is_mended_and_its_threshold_holds() -> None:
    found = fit(sample(3.0, 4_000), halves(4_000), 0.9)
    assert found.temperature == pytest.approx(3.0, rel=0.1)
    assert found.error_before > 0.1 > 0.03 > found.error_after
    assert 0.5 < found.threshold < 0.9
    assert found.kept.accuracy == pytest.approx(0.9, abs=0.02)
    assert 0 < found.kept.share < 1
    accuracies = [one.accuracy for one in found.coverages]
    assert accuracies == sorted(accuracies)
    assert (found.coverages[0].share, found.never) == (1, 0)


def test_figures_are_of_texts_that_had_no_say_in_them() -> None:
    """One half is so made that its own threshold keeps all of it, and the other's keeps none."""
    good, bad = sample(1.0, 2_000), sample(1.0, 2_000)
    truths = good.scores.argmax(axis=1)
    mixed = LabelSample(
        np.concatenate([good.scores, bad.scores]),
        np.concatenate([truths, 1 - bad.scores.argmax(axis=1)]),
        good.probabilities,
    )
    first = np.arange(4_000) < 2_000
    with pytest.raises(DataError, match="no threshold leaves"):
        fit(mixed, first, 0.9)
    found = fit(mixed, first, 0.49)
    # All of the right half stays; its threshold is then applied to the wrong half as well.
    assert found.kept.kept == 2_000
    assert found.kept.right == 0


def test_a_model_that_is_good_enough_is_never_unsure() -> None:
    found = fit(sample(1.0, 1_000), halves(1_000), 0.5)
    assert (found.threshold, found.kept.share) == (0, 1)


def test_too_few_texts_and_too_high_hopes_are_refused() -> None:
    with pytest.raises(DataError, match=f"99 results are too few.*label {MIN_TEXTS}"):
        fit(sample(1.0, 99), halves(99), 0.9)
    with pytest.raises(DataError, match="too many are of the same text"):
        fit(sample(1.0, 200), np.zeros(200, dtype=bool), 0.9)
    scores, truths = drawn(1.0, 2, 400)
    coins = LabelSample(np.full_like(scores, 0.5), truths, lambda rows, _: rows)
    with pytest.raises(DataError, match=r"99% are right: of the surest 30 of 400 .*--accuracy"):
        fit(coins, halves(400), 0.99)


def test_equal_texts_are_of_the_same_half() -> None:
    texts = [f"text {number}" for number in range(400)]
    found = halves_of(texts + texts)
    assert (found[:400] == found[400:]).all()
    assert 150 < found[:400].sum() < 250
