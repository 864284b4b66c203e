"""Scales of which the lowest number may be the best: school marks, some surveys."""

from __future__ import annotations

import pytest

from producer.ingest.ratings.rating_parser import Rating, RatingParser
from producer.ingest.ratings.rating_scale import RatingScale, parse_scale, scale_in_words


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("rating_1_very_good_5_very_poor", RatingScale(5, 1)),
        ("Note (1 = sehr gut, 6 = ungenügend)", RatingScale(6, 1)),
        ("Schulnote", RatingScale(6, 1)),
        ("Overall: very poor 1 2 3 4 5 very good", None),
        ("Score 1 very dissatisfied – 7 very satisfied", RatingScale(1, 7)),
        ("How easy was it? 1 (very difficult) to 5 (very easy)", RatingScale(1, 5)),
        ("very good (1) – very poor (5)", RatingScale(5, 1)),
        ("very poor 1 / very good 10", RatingScale(1, 10)),
        ("1 = nicht zufrieden, 5 = zufrieden", RatingScale(1, 5)),
        ("1 (très mauvais) 10 (excellent, bon)", RatingScale(1, 10)),
        ("1 strongly agree 5 strongly disagree", RatingScale(5, 1)),
        ("best of 5", None),
        ("Question 1: good service, question 2: good food", None),
        ("rating 1 good 5 good", None),
        ("Score (0-10)", None),
        ("stars", None),
        ("", None),
    ],
)
def test_a_name_says_which_end_is_the_best(name: str, scale: RatingScale | None) -> None:
    assert scale_in_words(name) == scale


@pytest.mark.parametrize(
    ("written", "scale"),
    [("5-1", (5, 1)), (" 1 - 7 ", (1, 7)), ("0–10", (0, 10)), ("6:1", (6, 1)), ("1 to 5", (1, 5))],
)
def test_the_ends_are_read(written: str, scale: tuple[int, int]) -> None:
    assert parse_scale(written) == scale
    assert parse_scale(str(parse_scale(written))) == scale


@pytest.mark.parametrize("written", ["", "5", "5-5", "good-bad", "1-2-3", "-1-5", "1000-1"])
def test_what_is_no_scale(written: str) -> None:
    with pytest.raises(ValueError, match="is no scale"):
        parse_scale(written)


def test_ratings_are_reversed_and_codes_beyond_the_ends_are_none() -> None:
    parser = RatingParser("rating_1_very_good_5_very_poor", ["1", "7"])
    found = [parser.read(value) for value in ("1", 2, 5.0, "3/5", "7", "0", "4/10")]
    assert found == [
        *(Rating(5, 5), Rating(4, 5), Rating(1, 5), Rating(3, 5), None, None),
        Rating(4, 10),
    ]
    assert "1 is the best rating and 5 the worst" in parser.findings()[0]


def test_what_the_user_says_counts_more_than_the_name_and_the_values() -> None:
    parser = RatingParser("rating_1_very_good_5_very_poor", ["1"], RatingScale(1, 7))
    assert [parser.read(value) for value in ("1", "7", "8")] == [Rating(1, 7), Rating(7, 7), None]
    assert parser.findings() == []
    assert RatingParser("mark", ["3"], RatingScale(10, 0)).read("0") == Rating(10, 10)


@pytest.mark.parametrize(
    ("sample", "scale"),
    [
        ([1, 7] * 50, 7),
        ([1, 6] * 50, 6),
        ([1, 7] * 49, 10),
        ([1, 6.5] * 50, 10),
        ([1, 8] * 50, 10),
        ([1, 5] * 50, 5),
    ],
)
def test_a_scale_of_seven_shows_in_many_numbers(sample: list[float], scale: int) -> None:
    parser = RatingParser("rating", sample)
    assert parser.read("3") == Rating(3, scale)
    assert bool(parser.findings()) == (scale in (6, 7))
