"""The page itself: as the file, with filters, links and its age."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from sqlalchemy import update

from producer.serve.app import make_app
from producer.serve.facts.facts import Facts, read_facts
from producer.serve.facts.page_cache import PageCache
from producer.serve.facts.version import DataVersion, read_version
from producer.serve.filters.page_filters import PageFilters
from schema.database import reading, writing
from schema.tables import Run
from tests.producer.page.drawing.test_document import SECTIONS
from tests.support.hostile import TEXTS
from tests.support.served import Person, Served
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow


def test_the_page_has_the_sections_of_the_file_in_their_order(shown: Served) -> None:
    document = shown.person("vic").get("/").document
    sections = [one.attributes["id"] for one in document.all("section") if "id" in one.attributes]
    assert sections == SECTIONS


def test_figures_are_links_and_texts_have_their_pages(shown: Served) -> None:
    document = shown.person("vic").get("/?product=Coat").document
    links = [one for one in document.all("a") if "data-key" in one.attributes]
    assert len(links) > 50
    assert all(one.attributes["href"].startswith(("/texts?", "/documents/")) for one in links)
    data = document.data("texts")
    assert all(one["url"] == f"/documents/{one['id']}" for one in data["documents"])
    assert all(one["url"] for one in data["figures"].values())


def test_filters_are_set_as_the_address_has_them(shown: Served) -> None:
    path = "/?since=2026-05-01&product=Coat&theme=2&where=metadata.country%3DGB"
    document = shown.person("vic").get(path).document
    fields = {
        one.attributes["name"]: one.attributes.get("value", "")
        for one in reversed(document.all("input"))
        if "name" in one.attributes
    }
    assert fields["since"] == "2026-05-01" and fields["product"] == "Coat"
    assert fields["where"] == "metadata.country=GB"
    chosen = [
        one.attributes["value"] for one in document.all("option") if "selected" in (one.attributes)
    ]
    assert chosen == ["2"]


def test_only_editors_are_led_to_edit_themes(shown: Served) -> None:
    for name, edits in (("ann", True), ("vic", False)):
        links = [one.attributes["href"] for one in shown.person(name).get("/").document.all("a")]
        assert any(one.startswith("/themes/") for one in links) == edits


def test_what_strangers_wrote_stays_text(shown: Served) -> None:
    found = shown.person("ann").get("/")
    assert {one["text"][:100] for one in found.document.data("texts")["documents"]} >= {
        one[:100] for one in TEXTS
    }
    assert not found.document.all("img") and "zip <script>alert(1)</script>" in found.said


def test_a_page_that_changes_says_so_and_is_made_anew(changed: Served) -> None:
    vic = changed.person("vic")
    assert "830 documents" in vic.get("/").said
    with writing(changed.engine) as connection:
        connection.execute(update(Run).values(rejected=7, read=840))
    wait_until(lambda: "of 840 that were read" in vic.get("/").said, 30)


@pytest.mark.parametrize("filters", [PageFilters(product="Coat")])
def test_a_page_that_takes_long_says_so_and_looks_again(
    changed: Served, filters: PageFilters
) -> None:
    serve, go_on = changed.serve, threading.Event()

    def read(wanted: PageFilters) -> Facts:
        assert go_on.wait(60)
        return read_facts(serve.reader, wanted)

    def version() -> DataVersion:
        with reading(serve.reader) as connection:
            return read_version(connection)

    slow = replace(serve, pages=PageCache(read, version, 0.05))
    vic = Person(make_app(slow))
    vic.log_in("vic")
    answer = vic.get(filters.link("/"))
    assert answer.status == 200 and answer.headers["refresh"] == "3"
    assert "This page is being made" in answer.text and "product Coat" in answer.text
    go_on.set()
    wait_until(lambda: "How far to trust it" in vic.get(filters.link("/")).text, 60)
