"""The benchmark of the page fills a database that has what a page shows."""

from __future__ import annotations

from sqlalchemy import Engine

from benchmarks.page import NOW, PRODUCTS, THEMES, fill
from producer.page.page import read_page
from schema.database import reading
from schema.questions import Scope


def test_the_page_of_what_it_fills_is_whole(sqlite_engine: Engine) -> None:
    fill(sqlite_engine, 2_000)
    with reading(sqlite_engine) as connection:
        page = read_page(connection, Scope(), [], NOW)
    counts = page.headline.counts
    assert (counts.documents, counts.analysed, counts.rating.count) == (2_000, 2_000, 2_000)
    assert page.themes.facts and page.themes.facts.found == THEMES
    assert page.themes.facts.shown[0].quotes["negative"]
    assert page.segments.facts and page.segments.facts[0].more == PRODUCTS - 12
    assert page.timeline.facts and len(page.timeline.facts.points) > 50
    assert page.recent.facts and len(page.texts) > 500
