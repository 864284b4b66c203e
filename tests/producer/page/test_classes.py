"""The panel of labels: what is shown of each, and where its figures lead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import Engine

from producer.page.drawing.document import draw_page
from producer.page.page import Page, read_page
from producer.serve.documents.listing import read_listing
from producer.serve.filters.behind import read_behind
from producer.serve.filters.links import figure_links
from producer.serve.filters.page_filters import PageFilters
from schema.analyses import ANALYSES
from schema.database import reading, writing
from schema.questions import Scope
from tests.support.feedback import add_document, add_result, add_run
from tests.support.pages import Document

DAY = datetime(2026, 5, 1, tzinfo=UTC)
NOW = DAY + timedelta(days=60)
#: Label, whether it is unsure, of documents in turn.
TURNS = (("delivery", False), ("(none)", False), ("<b>app</b>", False), ("price", True))
DOCUMENTS = 60


@pytest.fixture
def page(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.setattr(ANALYSES, "_own", ())
    ANALYSES.add("topics")
    with writing(engine) as connection:
        run = add_run(connection, "run", ["topics"])
        for number in range(DOCUMENTS):
            time = (DAY + timedelta(days=number)).isoformat()
            document = add_document(connection, number, f"text {number}", time)
            label, unsure = TURNS[number % len(TURNS)]
            add_result(connection, "topics", run, document, label=label, unsure=unsure)
            if number == 0:
                more = {"label": "price", "unsure": False, "ordinal": 1}
                add_result(connection, "topics", run, document, **more)
    with reading(engine) as connection:
        return read_page(connection, Scope(), ["all"], NOW)


def test_it_has_every_label_with_none_and_unsure(page: Page) -> None:
    (facts,) = page.classes.facts or []
    shown = {row.figure.label: row.figure.share.count for row in facts.rows}
    assert shown == {"<b>app</b>": 15, "delivery": 15, "price": 1, "(none)": 15}
    assert [*shown][-1] == "(none)"
    assert (facts.table.analysed, facts.table.unsure.count) == (60, 15)
    assert facts.has_changes and facts.table.has_several
    assert all(row.figure.change is not None for row in facts.rows)
    html = draw_page(page)
    section = html[html.index('<section id="classes"') :]
    section = section[: section.index("</section>")]
    assert "<b>app</b>" not in section and "&lt;b&gt;app&lt;/b&gt;" in section
    assert "may have several" in section and "unsure" in section
    assert Document(html)


def test_each_figure_leads_to_its_texts(engine: Engine, page: Page) -> None:
    links = figure_links(page, PageFilters())
    keys = [key for key in page.index.behind if key.startswith("class")]
    assert len(keys) == 5
    for key in keys:
        behind = page.index.behind[key]
        assert behind.ids
        parameters = dict(
            pair for pair in _pairs(links[key]) if pair[0] in ("labelled", "of_analysis")
        )
        with reading(engine) as connection:
            found = read_listing(
                connection, Scope(), read_behind(engine, parameters, {}, Scope()), 1
            )
        assert found.total == behind.total
        assert {*behind.ids} <= {one.id for one in found.texts}


def _pairs(link: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(link).query)


def test_without_labels_it_says_what_to_do(engine: Engine) -> None:
    with writing(engine) as connection:
        add_document(connection, 1, "text", DAY.isoformat())
    with reading(engine) as connection:
        page = read_page(connection, Scope(), ["all"], NOW)
    assert page.classes.facts is None
    assert "[topics] with labels = …" in draw_page(page)
