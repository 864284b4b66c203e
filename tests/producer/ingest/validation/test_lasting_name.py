"""Names of files without what changes from delivery to delivery."""

from __future__ import annotations

import pytest

from producer.ingest.validation.lasting_name import first_word, lasting_name


@pytest.mark.parametrize(
    "stem",
    [
        *("reviews", "reviews_2026-10", "reviews-2026-11-29T0615", "reviews (2)", "reviews-jan"),
        *("Copy of reviews", "2026-10_reviews", "reviews-final-v2", "reviews2026", "reviews_KW12"),
        *("reviews-monday", "reviews.part3", "reviews 1st of March", "reviews-2026-Q3", "reviews2"),
    ],
)
def test_what_changes_is_left_out(stem: str) -> None:
    assert lasting_name(stem, "folder").casefold() == "reviews"


@pytest.mark.parametrize(
    "stem", ["reviews-shop", "app_store-reviews", "a", "b2", "v-neck", "Kundenstimmen", "q_and_a"]
)
def test_what_names_something_stays(stem: str) -> None:
    assert lasting_name(stem, "folder") == stem


@pytest.mark.parametrize("stem", ["2026-10-05", "jan", "20261005", "03", "May 2026"])
def test_a_date_alone_is_named_after_its_folder(stem: str) -> None:
    assert lasting_name(stem, "zendesk") == "zendesk"
    assert lasting_name(stem, "") == stem


def test_first_words() -> None:
    assert first_word("__App Store-reviews") == "app"
    assert first_word("--") == ""
