"""Filters in an address: what they leave, and what is said of those that nobody understands."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from producer.serve.filters.page_filters import LONGEST, PageFilters
from schema.database import reading
from tests.support.served import Served

pytestmark = pytest.mark.slow


def test_an_address_is_always_the_same_for_the_same_filters() -> None:
    pairs = [("where", "b=1"), ("product", " Coat "), ("where", "a=1"), ("until", ""), ("x", "y")]
    filters = PageFilters.read(pairs)
    assert filters == PageFilters(product="Coat", where=("a=1", "b=1"))
    assert filters.link("/") == "/?product=Coat&where=a%3D1&where=b%3D1"
    assert PageFilters.read(filters.pairs()) == filters
    assert PageFilters().link("/texts") == "/texts"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=yesterday", "Since must be a day, as in 2026-10-01"),
        ("since=2026-07-02&until=2026-07-01", "Until must lie behind since"),
        ("run=summer", "No run is named 'summer'; there are shop"),
        ("polarity=sad", "a polarity is one of negative, neutral, positive, unsure"),
        ("theme=99", "There is no theme 99"),
        ("theme=1%27", "a theme is a number"),
        ("theme=99999999999999999999", "a theme is a number"),
        ("where=colour", "Where must be KEY=VALUE"),
        ("where=nobody=1", "no document has the key 'nobody'"),
        ("product=a&product=b", "Product stands twice"),
        (f"product={'x' * (LONGEST + 1)}", "shorten product"),
        ("&".join(f"where=plan={number}" for number in range(11)), "more than 10 conditions"),
    ],
)
def test_a_filter_that_cannot_be_understood_is_said_in_a_sentence(
    shown: Served, query: str, said: str
) -> None:
    vic = shown.person("vic")
    for path in ("/", "/texts"):
        answer = vic.get(f"{path}?{query}")
        assert answer.status == 400
        assert said.lower() in answer.said.lower()
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        ("", "1 = 1"),
        ("product=Coat", "product = 'Coat'"),
        ("language=de", "language = 'de'"),
        ("since=2026-07-13", "time >= '2026-07-13'"),
        ("until=2026-03-08&product=Coat", "time < '2026-03-09' AND product = 'Coat'"),
        ("run=shop", "1 = 1"),
        ("product=nothing", "1 = 2"),
        ("where=metadata.country=GB", "id % 2 = 1"),
        ("where=rating=5&where=external_id=S-0003", "rating = 5 AND external_id = 'S-0003'"),
        ("product=%3Cscript%3E%27%3B--", "1 = 2"),
    ],
)
def test_a_filter_leaves_the_documents_that_it_names(
    shown: Served, query: str, condition: str
) -> None:
    answer = shown.person("vic").get(f"/texts?{query}")
    counted = text(f"SELECT COUNT(*) FROM document_versions WHERE {condition}")
    with reading(shown.engine) as connection:
        documents = connection.execute(counted).scalar_one()
    assert answer.status == 200 and f"<span>{documents:,} documents</span>" in answer.text
