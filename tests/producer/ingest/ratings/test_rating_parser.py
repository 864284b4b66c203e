from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer.ingest.ratings.rating_parser import Rating, RatingParser


@pytest.mark.parametrize(
    ("written", "value", "scale"),
    [
        (4, 4, 5),
        (4.0, 4, 5),
        (Decimal("4.5"), 4.5, 5),
        ("4", 4, 5),
        (" 4.0 ", 4, 5),
        ("4,5", 4.5, 5),
        ("4/5", 4, 5),
        ("4 / 10", 4, 10),
        ("7,5/10", 7.5, 10),
        ("4 out of 5", 4, 5),
        ("4.0 out of 5 stars", 4, 5),
        ("4 von 5 Sternen", 4, 5),
        ("4 sur 5", 4, 5),
        ("4 de 5 estrellas", 4, 5),
        ("★★★★☆", 4, 5),
        ("★★★", 3, 5),
        ("☆☆☆☆☆", 0, 5),
        ("⭐️⭐️", 2, 5),
        ("★★★★★★★☆☆☆", 7, 10),
        ("4 stars", 4, 5),
        ("4★", 4, 5),
        ("★4", 4, 5),
        ("Rated 4 out of 5", 4, 5),
        ("1 Stern", 1, 5),
        ("5 - very good", 5, 5),
        ("80 %", 80, 100),
        ("0", 0, 5),
    ],
)
def test_forms(written: object, value: float, scale: int) -> None:
    assert RatingParser("stars", [3]).read(written) == Rating(value, scale)


@pytest.mark.parametrize(
    "written",
    ["", None, " ", "good", "nan", float("nan"), float("inf"), True, [4], "-3", "6/5", "4/0", "½",
     "2026-03-14", "1.234,5", "10 of them were broken, 4 were not", "120 %", 5000, "★" * 30],
)  # fmt: skip
def test_what_is_no_rating(written: object) -> None:
    assert RatingParser("stars", []).read(written) is None


@pytest.mark.parametrize(
    ("name", "sample", "scale"),
    [
        ("rating", ["1", "5"], 5),
        ("rating", ["1", "7"], 10),
        ("rating", [93, 5], 100),
        ("rating", [500], None),
        ("rating", [], None),
        ("NPS", ["3"], 10),
        ("Score (0-10)", ["3"], 10),
        ("Rating 1 to 7", ["3"], 7),
        ("stars out of 5", ["3"], 5),
        ("Score (0-10)", ["30"], 100),
        ("How likely are you to recommend us?", [4], 10),
        ("Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?", [4], 10),
    ],
)
def test_a_number_has_the_scale_of_its_column(
    name: str, sample: list[object], scale: int | None
) -> None:
    assert RatingParser(name, sample).read("3") == Rating(3, scale)


def test_a_number_over_the_scale_of_its_column_has_none() -> None:
    assert RatingParser("stars", ["5"]).read("8") == Rating(8, None)


@given(written=st.text(max_size=20) | st.integers() | st.floats())
def test_anything_is_a_rating_or_none(written: object) -> None:
    rating = RatingParser("stars", [written]).read(written)
    assert rating is None or rating.value >= 0
