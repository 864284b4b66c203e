"""The lines that are read first."""

from __future__ import annotations

from sqlalchemy import Engine

from producer.page.lines import best_lines
from producer.page.page import read_page
from schema.database import reading
from schema.questions import Scope
from tests.producer.page.conftest import Drawn
from tests.support.personal import make_personal
from tests.support.shop import NOW, make_shop


def test_they_say_what_is_known_of_the_shop(drawn: Drawn) -> None:
    lines = {line.label: line for line in best_lines(drawn.page)}
    assert list(lines) == ["How they feel", "Rising", "Goes with low ratings", "Worst product"]
    assert all(line.next for line in lines.values())
    # Of all ratings: 2.1 stars of each document with it.
    assert "of the mean rating of all" in lines["Goes with low ratings"].why
    assert lines["Rising"].said == "broken zip" or lines["Rising"].said == "laces too short"
    assert lines["Goes with low ratings"].said == "broken zip"
    assert lines["Goes with low ratings"].why.startswith("−2.1 stars (")
    assert lines["Worst product"].said == "Coat"
    assert all(line.key in drawn.page.index.behind for line in lines.values())


def test_what_cannot_wait_is_among_them(sqlite_engine: Engine) -> None:
    urgent = make_personal(sqlite_engine, make_shop(sqlite_engine))
    with reading(sqlite_engine) as connection:
        page = read_page(connection, Scope(), [], NOW)
    line = next(one for one in best_lines(page) if one.label == "Cannot wait")
    assert line.said.endswith(" since 22 Jun 2026") and "injur" in line.why
    assert page.index.behind[line.key].ids[0] in urgent


def test_an_empty_database_has_none(sqlite_engine: Engine) -> None:
    with reading(sqlite_engine) as connection:
        assert best_lines(read_page(connection, Scope(), [], NOW)) == []
