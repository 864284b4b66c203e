"""Names of labels that are known, and those of which nobody can tell what they mean."""

from __future__ import annotations

import pytest

from schema.polarity import known_values, polarity_of


@pytest.mark.parametrize(
    ("labels", "values"),
    [
        (["NEGATIVE", "POSITIVE"], [-1, 1]),
        (["NEG", "NEU", "POS"], [-1, 0, 1]),
        (["Positive", "neutral", "Negative"], [1, 0, -1]),
        (["positiv", "neutral", "negativ"], [1, 0, -1]),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], [-1, -0.5, 0, 0.5, 1]),
        (["5_stars", "4_stars", "3_stars", "2_stars", "1_star"], [1, 0.5, 0, -0.5, -1]),
        (["star 1", "star 2"], [-1, 1]),
        (["1", "2", "3"], [-1, 0, 1]),
        (
            ["Very Negative", "Negative", "Neutral", "Positive", "Very Positive"],
            [-1, -0.5, 0, 0.5, 1],
        ),
        (["very-negative", "slightly positive"], [-1, 0.5]),
        (["anger", "joy", "optimism", "sadness"], [-1, 1, 1, -1]),
    ],
)
def test_known_names_have_values(labels: list[str], values: list[float]) -> None:
    found = known_values(labels)
    assert [found[label] for label in labels] == pytest.approx(values)


def test_ten_grades_have_two_in_the_middle() -> None:
    values = known_values([str(grade) for grade in range(1, 11)])
    words = [polarity_of(value) for value in values.values()]
    assert words == ["negative"] * 4 + ["neutral"] * 2 + ["positive"] * 4


@pytest.mark.parametrize(
    ("labels", "unknown"),
    [
        (["LABEL_0", "LABEL_1"], ["LABEL_0", "LABEL_1"]),
        # Which end is which, and whether 0 is the middle, nobody can tell.
        (["0", "1"], ["0", "1"]),
        (["0", "1", "2"], ["0", "1", "2"]),
        (["1", "2"], ["1", "2"]),
        # A scale has all of its steps.
        (["1 star", "5 stars"], ["1 star", "5 stars"]),
        (["1 star", "2 stars", "other"], ["1 star", "2 stars", "other"]),
        (["joy", "surprise"], ["surprise"]),
        (["not negative", "positive"], ["not negative"]),
        (["really very negative", ""], ["really very negative", ""]),
    ],
)
def test_what_may_mean_anything_has_none(labels: list[str], unknown: list[str]) -> None:
    assert [label for label in labels if label not in known_values(labels)] == unknown
