"""Every figure leads to its texts: to as many as it counts, and to the right ones."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from producer.serve.documents.listing import Listing, read_listing
from producer.serve.facts.facts import read_facts
from producer.serve.filters.behind import read_behind
from producer.serve.filters.links import figure_links
from producer.serve.filters.page_filters import PageFilters, read_scope
from schema.database import reading
from tests.support.served import Served

pytestmark = pytest.mark.slow


def listing(served: Served, link: str) -> Listing:
    """What a link lists."""
    pairs = parse_qsl(urlsplit(link).query)
    reader = served.serve.reader
    scope = read_scope(reader, PageFilters.read(pairs))
    behind = read_behind(reader, dict(pairs), {}, scope)
    with reading(reader) as connection:
        return read_listing(connection, scope, behind, 1)


@pytest.mark.parametrize(
    "filters",
    [
        PageFilters(),
        PageFilters(product="Coat", since="2026-05-01", until="2026-07-19"),
        PageFilters(run="shop", polarity="negative"),
        PageFilters(theme="2", where=("metadata.country=GB",)),
    ],
)
def test_a_figure_leads_to_as_many_texts_as_it_counts(shown: Served, filters: PageFilters) -> None:
    page = read_facts(shown.serve.reader, filters).page
    links = figure_links(page, filters)
    assert set(page.index.behind) <= set(links)
    checked = list(page.index.behind.items())
    # Weeks are many, and alike.
    weeks = [one for one in checked if one[0].startswith("t2026")]
    for key, behind in [one for one in checked if one not in weeks] + weeks[-8:]:
        link = links[key]
        if link.startswith("/documents/"):
            assert link == f"/documents/{behind.ids[0]}"
            continue
        found = listing(shown, link)
        if key == "all-unsure" or found.total != behind.total:
            # Of those of the line's figure, which has no time in it.
            assert key == "all-unsure" and found.total == page.headline.counts.unsure.count
        ids = [one.id for one in found.texts]
        if behind.total <= 50:
            assert set(behind.ids) <= set(ids), key
        assert ids


def test_a_link_says_what_it_counts_and_not_where_it_stands(shown: Served) -> None:
    page = read_facts(shown.serve.reader, PageFilters()).page
    links = figure_links(page, PageFilters(product="Coat"))
    assert links["theme2negative"] == "/texts?product=Coat&in_theme=2&side=negative"
    assert links["product0"] == "/texts?product=Coat&segment=product%3DCoat&side=negative"
    assert links["all-negative"] == "/texts?product=Coat&side=negative"
