"""Labels worked out of vectors: what is near, what is nothing, and what is close between two."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from workers.encoders.interface import Floats, Ints
from workers.own_labels.fitting import Fitted, fit

WIDTH, LABELS, EACH = 24, 4, 8


def unit(vectors: Any) -> Floats:
    made: Floats = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
    return made


def drawn(seed: int, count: int, of: Floats, noise: float) -> Floats:
    draw = np.random.default_rng(seed)
    return unit(of + noise * draw.normal(size=(count, WIDTH)) / WIDTH**0.5)


@pytest.fixture
def described() -> Floats:
    return unit(np.random.default_rng(1).normal(size=(LABELS, WIDTH)))


@pytest.fixture
def others() -> Floats:
    return unit(np.random.default_rng(2).normal(size=(46, WIDTH)))


def examples_of(described: Floats, noise: float = 0.8) -> tuple[Floats, Ints]:
    of_label = np.repeat(np.arange(LABELS), EACH)
    return drawn(3, LABELS * EACH, described[of_label], noise), of_label


def fitted(described: Floats, others: Floats, *, by_examples: bool) -> Fitted:
    if by_examples:
        return fit(described, *examples_of(described), others)
    empty = np.empty((0, WIDTH), dtype=np.float32)
    return fit(described, empty, np.empty(0, dtype=np.int64), others)


@pytest.mark.parametrize("by_examples", [False, True])
def test_near_far_and_close_between_two(
    described: Floats, others: Floats, by_examples: bool
) -> None:
    found = fitted(described, others, by_examples=by_examples)
    of_label = np.repeat(np.arange(LABELS), 20)
    for text, label in zip(drawn(4, 80, described[of_label], 0.5), of_label, strict=True):
        scores, has_none = found.exclusive(text)
        assert scores.shape == (LABELS + 1,)
        assert scores.sum() == pytest.approx(1, abs=1e-5)
        assert not has_none
        assert scores[:-1].argmax() == label
    away = -unit(described.sum(axis=0))
    scores, has_none = found.exclusive(away)
    assert has_none and scores.argmax() == LABELS and scores[-1] > 0.9
    scores, has_none = found.exclusive(unit(described[0] + described[1]))
    # A coin would do as well: neither is more probable than not by much.
    assert {*scores.argsort()[-2:].tolist()} <= {0, 1, LABELS}
    assert scores[:2].max() < 0.9


def test_the_exclusive_rule_is_that_of_the_nearest(described: Floats, others: Floats) -> None:
    found = fitted(described, others, by_examples=False)
    for text in unit(np.random.default_rng(9).normal(size=(50, WIDTH))):
        scores, has_none = found.exclusive(text)
        assert has_none == ((described @ text).max() < found.floor)
        assert scores[:-1].argmax() == (described @ text).argmax()


def test_several_labels_go_by_the_nearest_part(described: Floats, others: Floats) -> None:
    found = fitted(described, others, by_examples=False)
    both = found.independent(described[:2])
    assert (both[:2] > 0.9).all() and (both[2:] < 0.5).all()
    assert found.independent(described[:1]) == pytest.approx(
        1 / (1 + np.exp(-(described @ described[0] - found.floor) / found.softness)), abs=1e-6
    )


def test_labels_that_overlap_are_told_less_surely(described: Floats, others: Floats) -> None:
    clear = fit(described, *examples_of(described, 0.3), others)
    blurred = fit(described, *examples_of(described, 3.0), others)
    assert blurred.temperature > clear.temperature
    assert blurred.floor < clear.floor


def test_it_is_the_same_each_time_and_survives_being_kept(
    described: Floats, others: Floats
) -> None:
    one, other = (fitted(described, others, by_examples=True) for _ in range(2))
    kept = Fitted.of_numbers(json.loads(json.dumps(one.as_numbers())))
    for made in (other, kept):
        for name in Fitted.__slots__:
            np.testing.assert_array_equal(getattr(one, name), getattr(made, name))


def test_two_examples_a_label_are_enough(described: Floats, others: Floats) -> None:
    of_label = np.repeat(np.arange(LABELS), 2)
    found = fit(described, drawn(5, 2 * LABELS, described[of_label], 0.5), of_label, others)
    assert np.isfinite(found.weights).all() and np.isfinite(found.floor)
    for label in range(LABELS):
        assert found.exclusive(described[label])[0][:-1].argmax() == label
