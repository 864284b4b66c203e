"""The page in a real Chromium: nothing goes wrong in it, nothing is asked of anybody, every figure
opens its texts, and it can be read on a telephone, on paper, in the dark and by keyboard.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
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

ROOT = Path(__file__).parents[3]
#: Too large to be kept here: `npm install --no-save axe-core@4.14.1` puts it there.
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (390, 1440)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_draws_its_charts(
    drawn: Drawn, opened: Opened, width: int, scheme: str
) -> None:
    page = opened(drawn, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".chart svg").count() == 3
    assert page.locator(".chart svg path").count() > 30
    shade = page.evaluate("getComputedStyle(document.body).backgroundColor")
    dark = sum(map(int, shade.strip("rgb()").split(","))) < 3 * 128
    assert dark == (scheme == "dark")
    page.get_by_role("button", name="Light" if dark else "Dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != shade


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_texts_are_read_and_do_nothing(hostile: Drawn, opened: Opened, width: int) -> None:
    page = opened(hostile, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#themes [data-key=theme1all]").click()
    shown = page.locator("#panel-texts .text").all_text_contents()
    for said in TEXTS:
        assert any(said[:2000] == one for one in shown), said[:40]
    assert page.locator("img, #panel-texts script").count() == 0
    box = page.locator("#panel").bounding_box()
    assert box["x"] >= 0 and box["width"] <= width
    scrolled = page.evaluate("document.getElementById('panel-texts').scrollWidth")
    assert scrolled <= box["width"]


def test_a_figure_opens_its_texts(drawn: Drawn, opened: Opened) -> None:
    page = opened(drawn)
    count = len(drawn.shop.documents[1])
    page.locator("#themes").get_by_role("button", name="broken zip").click()
    assert page.locator("#panel-title").text_content() == "broken zip"
    assert page.locator("#panel-note").text_content() == f"10 of {count}, the newest"
    texts = page.locator("#panel-texts .text").all_text_contents()
    assert len(texts) == 10 and all("zip" in one for one in texts)
    page.get_by_role("button", name="Close").click()
    assert page.locator("#panel").is_hidden()


def test_a_bar_of_a_chart_opens_the_texts_of_its_week(drawn: Drawn, opened: Opened) -> None:
    page = opened(drawn)
    chart = page.locator("[data-chart=chart-volume]")
    box = chart.bounding_box()
    # The last bar, near its foot: what was classified as negative in the last week.
    chart.click(position={"x": box["width"] - 16, "y": box["height"] - 32})
    title = page.locator("#panel-title").text_content()
    assert title == "week of 2026-07-13, classified as negative"
    tags = page.locator("#panel-texts .tag").all_text_contents()
    assert tags and set(tags) == {"negative"}


def test_it_can_be_used_by_keyboard(drawn: Drawn, opened: Opened) -> None:
    page = opened(drawn)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    figure = page.locator("#themes [data-key=theme1all]")
    figure.focus()
    page.keyboard.press("Enter")
    assert page.locator("#panel").is_visible()
    assert page.evaluate("document.activeElement.closest('#panel') !== null")
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden()
    assert page.evaluate("document.activeElement.dataset.key") == "theme1all"
    summary = page.locator("details.table summary")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.table table").is_visible()


def test_on_paper_nothing_is_folded_and_no_button_stands_around(
    drawn: Drawn, opened: Opened
) -> None:
    page = opened(drawn, scheme="dark")
    page.emulate_media(media="print")
    assert page.locator("#print").is_hidden() and page.locator("nav").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("#themes .theme-name").first.is_visible()
    # It prints: Chromium makes a PDF of more than one page.
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) > 1


def test_without_a_script_all_tables_and_quotes_are_there(drawn: Drawn, opened: Opened) -> None:
    page = opened(drawn, java_script_enabled=False)
    assert page.locator("noscript").is_visible()
    assert page.locator("#themes blockquote").count() > 5
    assert page.locator("details.table table tbody tr").count() == 20


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm install --no-save axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_serious(drawn: Drawn, opened: Opened, width: int, scheme: str) -> None:
    page = opened(drawn, width, scheme)
    page.evaluate(AXE.read_text("utf-8"))
    found = serious(page)
    page.locator("#themes [data-key=theme1all]").click()
    assert [*found, *serious(page)] == []


def serious(page: Any) -> list[str]:
    """What axe finds that keeps somebody from reading the page."""
    said = page.evaluate("axe.run().then((found) => JSON.stringify(found.violations))")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])} times)"
        for one in json.loads(said)
        if one["impact"] in ("serious", "critical")
    ]
