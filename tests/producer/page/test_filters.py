"""Filters and search in a real Chromium: which texts they leave, what they say, and the address
that leads back to them.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.producer.page.conftest import Drawn, Opened
from tests.support.chromium import needs_chromium
from tests.support.hostile import TEXTS

pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.slow,
    needs_chromium,
]


def documents(drawn: Drawn, **wanted: Any) -> list[dict[str, Any]]:
    """The texts of a file that have some values."""
    there: list[dict[str, Any]] = drawn.document.data("texts")["documents"]
    return [one for one in there if wanted.items() <= one.items()]


def shown(page: Any) -> list[str]:
    found: list[str] = page.locator("#panel-texts .text").all_text_contents()
    return found


def count(page: Any) -> str:
    said: str = page.locator("#panel-count").text_content()
    return said


def test_all_texts_are_searched_and_filtered_and_counted(drawn: Drawn, opened: Opened) -> None:
    page = opened(drawn)
    total = len(documents(drawn))
    page.get_by_role("button", name="Search texts").click()
    assert count(page).startswith(f"{total} of {total} of the texts in this file")
    assert page.evaluate("document.activeElement.id") == "filter-q"
    page.keyboard.type("ZÍP coat")
    wanted = [
        one["text"]
        for one in documents(drawn)
        if "zip" in one["text"].lower() and "coat" in one["text"].lower()
    ]
    assert count(page).startswith(f"{len(wanted)} of {total}") and 0 < len(wanted) < total
    assert sorted(shown(page)) == sorted(wanted)[: len(shown(page))]
    assert page.locator("#panel-texts mark").first.text_content() in ("zip", "coat")
    page.get_by_label("Words").fill("")
    page.locator("#filter-polarity").select_option("negative")
    page.locator("#filter-product").select_option("Boots")
    page.locator("#filter-stars").select_option("2")
    page.locator("#filter-language").select_option("de")
    left = documents(drawn, polarity="negative", product="Boots", stars=2, language="de")
    assert count(page) == f"{len(left)} of {total} of the texts in this file" and left
    assert shown(page) == [one["text"] for one in left]
    page.get_by_role("button", name="show all").click()
    assert count(page).startswith(f"{total} of {total}")


def test_a_theme_has_all_its_texts_in_the_file(drawn: Drawn, opened: Opened) -> None:
    page = opened(drawn)
    page.get_by_role("button", name="Search texts").click()
    page.locator("#filter-theme").select_option("4")
    wanted = [one for one in documents(drawn) if 4 in one["themes"]]
    assert len(wanted) > 10
    assert {one["id"] for one in wanted} <= set(drawn.shop.documents[4])
    assert count(page).startswith(f"{len(wanted)} of ")
    assert all("friendly" in one for one in shown(page))


def test_a_figure_is_filtered_within_its_own_texts(drawn: Drawn, opened: Opened) -> None:
    page = opened(drawn)
    page.locator("#themes [data-key=theme1all]").click()
    assert count(page) == "10 of 10 of the texts of this figure in this file"
    page.get_by_label("Words").fill('"after 830 days"')
    assert count(page) == "1 of 10 of the texts of this figure in this file"
    assert shown(page) == ["The zip of my coat broke after 830 days."]
    page.get_by_label("Words").fill("nobody said this")
    assert count(page).startswith("0 of 10") and shown(page) == []
    assert "choose less" in page.locator("#panel-texts").text_content()


def test_the_address_leads_to_the_same_texts(drawn: Drawn, opened: Opened) -> None:
    page = opened(drawn)
    page.locator("#themes [data-key=theme1all]").click()
    page.get_by_label("Words").fill("coat broke")
    page.locator("#filter-stars").select_option("1")
    there, said = shown(page), count(page)
    fragment = page.evaluate("location.hash")
    assert page.get_by_role("link", name="link to these").get_attribute("href") == fragment
    other = opened(drawn, fragment=fragment)
    assert other.locator("#panel").is_visible()
    assert (shown(other), count(other)) == (there, said)
    assert other.locator("#filter-stars").input_value() == "1"
    other.keyboard.press("Escape")
    other.wait_for_function("() => location.hash === ''")
    # A link within the page, and the way back.
    other.evaluate("location.hash = '#figure=all&q=laces'")
    other.wait_for_function("() => document.getElementById('panel').open")
    assert all("laces" in one for one in shown(other))
    page.go_back()
    page.wait_for_function("() => !document.getElementById('panel').open")


@pytest.mark.parametrize(
    "fragment", ["#figure=nothing", "#figure=__proto__", "#themes", "#figure=", "#%", "#figure"]
)
def test_an_address_of_nothing_opens_nothing(drawn: Drawn, opened: Opened, fragment: str) -> None:
    assert opened(drawn, fragment=fragment).locator("#panel").is_hidden()


def test_it_goes_by_keyboard_alone(drawn: Drawn, opened: Opened) -> None:
    page = opened(drawn)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "filter-q"
    page.keyboard.type("late/zip")
    assert page.get_by_label("Words").input_value() == "late/zip"
    page.get_by_label("Words").fill("late")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "filter-polarity"
    page.keyboard.press("ArrowDown")
    assert "polarity=" in page.evaluate("location.hash")
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden()


@pytest.mark.parametrize("width", [390, 1440])
def test_hostile_words_and_texts_do_nothing(hostile: Drawn, opened: Opened, width: int) -> None:
    page = opened(hostile, width)
    page.keyboard.press("/")
    for said in (*TEXTS, "\\", "(", "[a-z", "%", "&figure=x", '"'):
        page.get_by_label("Words").fill(said[:200])
        assert "of the texts in this file" in count(page)
        fragment = page.evaluate("location.hash")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        again = opened(hostile, width, fragment=fragment)
        kept = again.get_by_label("Words").input_value()
        assert kept == page.get_by_label("Words").input_value()
    assert page.locator("#panel img, #panel script").count() == 0
    box = page.locator("#panel").bounding_box()
    assert page.evaluate("document.getElementById('filters').scrollWidth") <= box["width"]
