"""Searching: by words, within what the filters leave, and nothing that is not there."""

from __future__ import annotations

import pytest

from tests.support.served import Served

pytestmark = pytest.mark.slow


def found(served: Served, query: str) -> list[str]:
    """What a search shows: the clauses."""
    document = served.person("vic").get(f"/search?{query}").document
    return [one.text for one in document.all("div") if "hit" in one.attributes.get("class", "")]


def test_words_are_found_with_their_clause(shown: Served) -> None:
    hits = found(shown, "q=zip+broke")
    assert len(hits) == 50 and all("zip" in one and "broke" in one for one in hits)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("product=Boots", "boots"),
        ("theme=1&product=Boots", "boots"),
        ("source=shop&language=en&product=Boots", "boots"),
        ("polarity=negative&where=product=Boots", "boots"),
    ],
)
def test_filters_hold_for_a_search(shown: Served, filters: str, expected: str) -> None:
    hits = found(shown, f"q=zip+broke&{filters}")
    assert hits and all(expected in one for one in hits if "zip" in one)


def test_what_is_not_there_is_not_found(shown: Served) -> None:
    vic = shown.person("vic")
    assert "Nothing is found" in vic.get("/search?q=xylophone").said
    assert "Nothing is found" not in vic.get("/search").said
    assert vic.get(f"/search?q={'x' * 400}").status == 400


@pytest.mark.parametrize("query", ["%22", "%2A", "NEAR%28", "%3Cscript%3E", "%00a", "-", "OR"])
def test_marks_mean_nothing_in_a_search(shown: Served, query: str) -> None:
    answer = shown.person("vic").get(f"/search?q={query}")
    assert answer.status == 200 and not answer.document.all("script", type="")


def test_it_says_why_it_went_by_words_alone(shown: Served) -> None:
    said = shown.person("vic").get("/search?q=zip").said
    assert "By words alone: no document has an embedding yet." in said
