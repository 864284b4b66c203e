"""Both forms of a digest: lines and HTML that mail programs show, and no harm in either."""

from __future__ import annotations

import re
from dataclasses import replace

from rich.cells import cell_len

from producer.digest.html import write_html
from producer.digest.item import Item, Quote
from producer.digest.text import WIDTH, write_text
from tests.producer.digest.conftest import Made
from tests.support.hostile import TEXTS
from tests.support.pages import Document


def hostile(made: Made) -> tuple[Item, ...]:
    """Items in which everything is what a stranger wrote."""
    (first, *_) = made().items
    quotes = [Quote(number, said[:300], None, said[:220]) for number, said in enumerate(TEXTS)]
    return tuple(
        replace(first, said=said[:300], quotes=quotes, command=f"triage export x {said[:200]}")
        for said in TEXTS
    )


def test_no_line_of_a_mail_is_too_wide(made: Made) -> None:
    for digest in (made(), made("7d", "2026-06-21"), replace(made(), items=hostile(made))):
        for line in write_text(digest, True).split("\n"):
            assert cell_len(line) <= WIDTH, line
            assert line == line.rstrip()
    assert 72 <= WIDTH <= 78


def test_signs_that_take_two_cells_are_counted_as_two(made: Made) -> None:
    (first, *_) = made().items
    said = "電話が壊れました。" * 20
    text = write_text(replace(made(), items=[replace(first, said=said)]), False)
    assert max(map(cell_len, text.split("\n"))) <= WIDTH
    assert said in "".join(line.strip() for line in text.split("\n"))


def test_the_text_says_all_that_is_known_of_an_item(made: Made) -> None:
    digest = made()
    text = " ".join(write_text(digest, True).split()).replace("> ", "")
    for place, item in enumerate(digest.items, start=1):
        assert f"{place}. {item.label}: {item.said}" in text
        assert f"{item.figure}; {item.why}." in text and item.command in text
        assert all(f"“{one.text}”" in text for one in item.quotes)
    assert "miss some" in text and "miss some" not in write_text(digest, False)


def test_nothing_and_nobody_are_said(made: Made) -> None:
    quiet = write_text(made("7d", "2026-06-21"), True)
    assert "Nothing changed beyond chance." in quiet and "would have been seen" in quiet
    assert "Nobody wrote in these 7 days; the newest" in write_text(made("7d", "2026-11-01"), True)
    assert "Nothing changed beyond chance." in write_html(made("7d", "2026-06-21"), True)


def test_nothing_steers_the_terminal_of_a_mail_program(made: Made) -> None:
    text = write_text(replace(made(), items=hostile(made)), True)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_html_loads_nothing_runs_nothing_and_leads_only_to_the_page(made: Made) -> None:
    page = "https://feedback.example/report.html"
    html = write_html(replace(made(), items=hostile(made)), True, page)
    document = Document(html)
    tags = {one.tag for one in document.elements}
    assert not tags & {"script", "style", "link", "img", "iframe", "form", "object", "svg", "b\x00"}
    for one in document.elements:
        names = set(one.attributes)
        assert not names & {"src", "srcset", "background", "onclick", "onerror"}
        assert "url(" not in one.attributes.get("style", "")
        if "href" in names:
            assert one.attributes["href"].startswith(f"{page}#figure=")
    # Each text of a stranger is text.
    shown = [one.text for one in document.elements if one.tag == "bdi"]
    for said in TEXTS:
        assert any(said[:200] in text for text in shown), said[:40]


def test_html_is_made_of_tables_with_styles_in_the_elements(made: Made) -> None:
    document = Document(write_html(made(), True))
    tables = document.all("table")
    assert len(tables) == 2 and all(one.attributes["role"] == "presentation" for one in tables)
    assert not document.all("a")
    assert len(document.all("h2")) == len(made().items)
    assert all("style" in one.attributes for one in document.all("td"))
