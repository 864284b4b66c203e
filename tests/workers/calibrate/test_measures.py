"""Calibration error and thresholds, by numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from workers.calibrate.measures import (
    MIN_KEPT,
    calibration_error,
    choose_threshold,
    coverage_above,
    threshold_for_coverage,
)


def test_the_error_is_the_mean_distance_of_promise_and_truth() -> None:
    # Two bins: 0.9 promised and 0.5 held, of half; 0.2 promised and 0.5 held, of the other half.
    confidence = np.array([0.9, 0.9, 0.2, 0.2], dtype=np.float32)
    right = np.array([True, False, True, False])
    assert calibration_error(confidence, right) == pytest.approx((0.4 + 0.3) / 2)
    sure = np.ones(3, dtype=np.float32)
    assert calibration_error(sure, np.ones(3, dtype=bool)) == 0


def graded(rights: dict[float, tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Results by confidence: how many are right, and how many wrong."""
    confidence, right = [], []
    for grade, (good, bad) in rights.items():
        confidence += [grade] * (good + bad)
        right += [True] * good + [False] * bad
    return np.array(confidence, dtype=np.float32), np.array(right)


def test_the_threshold_leaves_the_most_of_which_enough_is_right() -> None:
    confidence, right = graded({0.5: (10, 40), 0.9: (45, 5), 0.7: (40, 10)})
    # 90 % of the first 50, 85 % of the first 100, 63 % of all.
    assert choose_threshold(confidence, right, 0.6) == 0.0
    assert choose_threshold(confidence, right, 0.85) == pytest.approx(0.6)
    assert choose_threshold(confidence, right, 0.9) == pytest.approx(0.8)
    assert choose_threshold(confidence, right, 0.91) is None


def test_results_that_are_as_sure_stay_or_go_together() -> None:
    # Whatever the order within a grade, its first ones are not taken alone.
    confidence, right = graded({0.9: (MIN_KEPT, 0), 0.8: (MIN_KEPT, MIN_KEPT)})
    assert choose_threshold(confidence, right, 0.99) == pytest.approx(0.85)


def test_a_few_that_happen_to_be_right_prove_nothing() -> None:
    confidence, right = graded({0.9: (MIN_KEPT - 1, 0), 0.8: (0, 50)})
    assert choose_threshold(confidence, right, 0.9) is None


def test_what_stays_at_a_threshold() -> None:
    confidence, right = graded({0.9: (45, 5), 0.5: (10, 40)})
    kept = coverage_above(0.6, confidence, right)
    assert (kept.kept, kept.right, kept.share, kept.accuracy) == (50, 45, 0.5, 0.9)
    assert kept.interval.low < 0.9 < kept.interval.high
    both = kept + coverage_above(0.0, confidence, right)
    assert (both.total, both.kept, both.right) == (200, 150, 100)
    nothing = coverage_above(2.0, confidence, right)
    assert (nothing.share, nothing.accuracy, nothing.interval) == (0, 0, (0, 1))


def test_a_coverage_has_its_threshold() -> None:
    confidence = np.linspace(0, 1, 101, dtype=np.float32)
    assert (confidence >= threshold_for_coverage(confidence, 0.25)).mean() == pytest.approx(
        0.25, abs=0.01
    )
    assert threshold_for_coverage(confidence, 1.0) == 0
