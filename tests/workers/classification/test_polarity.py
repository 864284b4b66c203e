"""From scores to polarity: the rule of each kind of head, by numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from workers.classification.polarity import PolarityReader
from workers.classification.scores import ScoreKind

STARS = [-1.0, -0.5, 0.0, 0.5, 1.0]
EXCLUSIVE, INDEPENDENT, NUMBERS = ScoreKind


def read(reader: PolarityReader, *scores: float) -> list[float]:
    """The probabilities of negative, neutral and positive, and the score."""
    row = np.array(scores, dtype=np.float32)
    alone, among = reader.read(row), reader.read(np.stack([np.zeros_like(row), row]))
    assert among.shape == (2, 4)
    assert among[1] == pytest.approx(alone)
    return alone.tolist()  # type: ignore[no-any-return]


def test_labels_of_one_polarity_are_added_up() -> None:
    reader = PolarityReader(EXCLUSIVE, STARS)
    found = read(reader, 0.3, 0.3, 0.0, 0.0, 0.4)
    # The likeliest label is `5 stars`, and negative is likelier than positive all the same.
    assert found == pytest.approx([0.6, 0.0, 0.4, -0.3 - 0.15 + 0.4])


def test_two_classes_have_no_middle() -> None:
    reader = PolarityReader(EXCLUSIVE, [-1.0, 1.0])
    assert read(reader, 0.9, 0.1) == pytest.approx([0.9, 0.0, 0.1, -0.8])


def test_independent_labels_that_say_little_leave_the_rest_neutral() -> None:
    reader = PolarityReader(INDEPENDENT, [-1.0, -1.0, 1.0])
    assert read(reader, 0.2, 0.1, 0.1) == pytest.approx([0.3, 0.6, 0.1, -0.2])


def test_independent_labels_that_say_much_count_as_shares() -> None:
    reader = PolarityReader(INDEPENDENT, [-1.0, -1.0, 1.0])
    assert read(reader, 1.0, 0.5, 0.5) == pytest.approx([0.75, 0.0, 0.25, -0.5])


def test_a_single_probability_is_one_of_two() -> None:
    reader = PolarityReader(INDEPENDENT, [1.0])
    assert read(reader, 0.9) == pytest.approx([0.1, 0.0, 0.9, 0.8])


@pytest.mark.parametrize(
    ("scale", "number", "expected"),
    [
        ((1, 5), 4.5, [0, 0, 1, 0.75]),
        ((1, 5), 3.2, [0, 1, 0, 0.1]),
        # Further than the scale goes is its end.
        ((1, 5), -7.0, [1, 0, 0, -1]),
        # School marks: the worst is the highest.
        ((6, 1), 1.0, [0, 0, 1, 1]),
    ],
)
def test_a_number_is_read_on_its_scale(
    scale: tuple[float, float], number: float, expected: list[float]
) -> None:
    assert read(PolarityReader(NUMBERS, [], scale), number) == pytest.approx(expected)


def test_several_numbers_are_how_strong_each_label_is() -> None:
    reader = PolarityReader(NUMBERS, [-1.0, 1.0], (0, 10))
    assert read(reader, 4.0, 1.0) == pytest.approx([0.4, 0.5, 0.1, -0.3])
