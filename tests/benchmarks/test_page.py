"""The benchmark of the page: what it fills a database with makes a whole page."""

from __future__ import annotations

from sqlalchemy import Engine

from benchmarks.page import NOW
from benchmarks.reports.build import build
from producer.page.page import read_page
from schema.database import reading
from schema.questions import Scope


def test_the_database_that_is_measured_has_all_that_a_page_shows(sqlite_engine: Engine) -> None:
    build(sqlite_engine, 1_000)
    with reading(sqlite_engine) as connection:
        page = read_page(connection, Scope(), [], NOW)
    assert page.timeline.facts and len(page.timeline.facts.points) == 53
    assert page.themes.facts and page.themes.facts.found > 50
    assert page.segments.facts and page.segments.facts[0].more > 10
    assert page.answers.facts and len(page.answers.facts) == 2
    assert page.entities.facts and page.asks.facts and page.rising.facts
    assert {one.analysis for one in page.trust.models} >= {"sentiment", "qa", "intent"}
