"""The numbers that stand for polarities."""

from __future__ import annotations

import pytest

from schema.polarity import Polarity, polarity_of


@pytest.mark.parametrize("polarity", Polarity)
def test_the_number_of_a_polarity_has_that_polarity(polarity: Polarity) -> None:
    assert polarity_of(polarity.number) is polarity


@pytest.mark.parametrize(
    ("value", "word"),
    [(-0.25, "negative"), (-0.24, "neutral"), (0.24, "neutral"), (0.25, "positive")],
)
def test_what_is_near_the_middle_is_neutral(value: float, word: str) -> None:
    assert polarity_of(value) == word
