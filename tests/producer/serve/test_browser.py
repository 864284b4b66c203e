"""The served page in a real Chromium: it logs in, filters, opens texts, corrects, and asks nobody
else for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from schema.database import open_engine, reading
from schema.tables import CorrectionRow, ThemeEdit
from tests.producer.page.test_browser import AXE, WIDTHS, serious
from tests.support.chromium import needs_chromium
from tests.support.hostile import TEXTS, make_hostile
from tests.support.served import PASSWORD, add_people
from tests.support.served_process import served_process
from tests.support.shop import Shop

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = [
    pytest.mark.slow,
    needs_chromium,
]

Visit = Callable[..., Any]


@pytest.fixture(scope="module")
def address(
    shop_file: tuple[Path, Shop], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Where the shop is served, with customers who mean harm, and its database."""
    folder = tmp_path_factory.mktemp("browser")
    copy = folder / "shop.db"
    copy.write_bytes(shop_file[0].read_bytes())
    url = f"sqlite:///{copy}"
    engine = open_engine(url)
    make_hostile(engine, shop_file[1])
    add_people(engine)
    engine.dispose()
    with served_process(url, folder) as server:
        yield server.address, url


@pytest.fixture
def visit(browser: Any, address: tuple[str, str]) -> Iterator[Visit]:
    """Logs somebody in; at the end nothing may have been said to the console, asked of anybody
    else, or shown as a dialog.
    """
    wrong: list[str] = []
    contexts = []

    def open_page(name: str, path: str = "/", width: int = 1440, scheme: str = "light") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda shown: wrong.append(f"dialog: {shown.message}"))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(address[0]) else wrong.append(asked.url),
        )
        page.goto(address[0] + path)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(address[0] + path)
        # The first time a page is made, it shows itself as soon as it is there.
        page.wait_for_selector("nav.menu")
        if path.partition("?")[0] == "/":
            page.wait_for_selector("#trust")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [one for one in wrong if not one.startswith("data:")] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_stays_light_or_dark_as_it_was_chosen(
    visit: Visit, width: int, scheme: str
) -> None:
    page = visit("ann", width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".chart svg").count() == 3
    page.get_by_role("button", name="Light" if scheme == "dark" else "Dark").click()
    shade = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for path in ("/themes", "/themes/1", "/documents/1", "/texts?in_theme=1", "/search?q=zip"):
        page.goto(page.evaluate("location.origin") + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == shade
        assert page.locator("#shade").text_content() == ("Dark" if scheme == "dark" else "Light")


def test_filters_are_in_the_address_and_a_link_shows_the_same(visit: Visit) -> None:
    page = visit("vic")
    page.locator(".filters summary").click()
    page.get_by_label("Since").fill("2026-07-13")
    page.get_by_role("combobox", name="Product").fill("Coat")
    page.get_by_role("button", name="Show").click()
    page.wait_for_selector("#trust")
    assert page.url.endswith("/?since=2026-07-13&product=Coat")
    documents = page.locator(".card .figure").first.text_content()
    other = visit("ann", "/?since=2026-07-13&product=Coat")
    assert other.locator(".card .figure").first.text_content() == documents
    assert other.get_by_role("combobox", name="Product").input_value() == "Coat"
    page.get_by_role("link", name="Clear").click()
    page.wait_for_selector("#trust")
    assert page.url.endswith("/")


def test_a_figure_opens_texts_at_once_and_leads_to_all_of_them(visit: Visit) -> None:
    page = visit("vic", "/?product=Boots")
    page.locator("#themes").get_by_role("link", name="late parcel", exact=True).click()
    assert page.locator("#panel-title").text_content() == "late parcel"
    texts = page.locator("#panel-texts .text").all_text_contents()
    assert len(texts) == 10 and all("boots" in one or "refund" in one for one in texts)
    page.get_by_role("link", name="All of them").click()
    assert page.url.endswith("/texts?product=Boots&in_theme=2")
    assert page.locator("article").count() == 50
    page.get_by_role("link", name="Older").click()
    page.wait_for_url("**page=2")
    page.locator("article a").first.click()
    assert page.locator("h1").text_content().strip().startswith("S-")


def test_a_bar_of_a_chart_leads_to_the_texts_of_its_week(visit: Visit) -> None:
    page = visit("vic")
    chart = page.locator("[data-chart=chart-volume]")
    box = chart.bounding_box()
    chart.click(position={"x": box["width"] - 16, "y": box["height"] - 32})
    page.get_by_role("link", name="All of them").click()
    assert page.url.endswith("/texts?week=2026-07-13&side=negative")
    tags = page.locator("article .tag").all_text_contents()
    assert tags and set(tags) == {"negative"}


def test_one_click_corrects_a_label_and_another_hides_nothing_of_it(
    visit: Visit, address: tuple[str, str]
) -> None:
    page = visit("ann", "/documents/3")
    page.get_by_role("button", name="neutral").click()
    page.wait_for_url("**#labels")
    assert page.locator("#labels").get_by_text("ann says neutral").is_visible()
    assert page.get_by_role("button", name="neutral", pressed=True).is_visible()
    engine = open_engine(address[1])
    with reading(engine) as connection:
        (row,) = connection.execute(select(CorrectionRow.__table__)).all()
    engine.dispose()
    assert (row.document_id, row.label, row.said_by) == (3, "neutral", "ann")


def test_a_theme_is_renamed_and_the_page_has_its_name(
    visit: Visit, address: tuple[str, str]
) -> None:
    page = visit("ann")
    page.get_by_role("link", name="Edit the theme friendly staff").click()
    page.get_by_role("textbox", name="Name").fill("people who help")
    page.get_by_role("button", name="Rename").click()
    page.wait_for_url("**/themes")
    page.get_by_role("link", name="The page").click()
    page.wait_for_selector("#trust")
    assert page.locator("#themes").get_by_role("link", name="people who help", exact=True).count()
    engine = open_engine(address[1])
    with reading(engine) as connection:
        (row,) = connection.execute(select(ThemeEdit.__table__)).all()
    engine.dispose()
    assert (row.detail, row.made_by) == ({"name": "people who help"}, "ann")


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_texts_are_read_and_do_nothing(visit: Visit, width: int) -> None:
    page = visit("ann", "/texts?in_theme=1", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.locator(".texts .text").all_text_contents()
    for said in TEXTS:
        assert any(said[:2000] == one for one in shown), said[:40]
    assert page.locator("img, main script").count() == 0
    page.locator("article a").nth(2).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_a_login_nothing_is_left_behind(visit: Visit) -> None:
    page = visit("vic", "/documents/1")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    page.go_back()
    page.wait_for_url("**/login?next=%2Fdocuments%2F1")
    assert page.get_by_label("Password").is_visible()


def test_it_can_be_used_by_keyboard(visit: Visit) -> None:
    page = visit("ann")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.locator(".filters summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "since"
    figure = page.locator("#themes [data-key=theme2all]")
    figure.focus()
    page.keyboard.press("Enter")
    assert page.locator("#panel").is_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.key") == "theme2all"


def test_on_paper_there_is_no_menu(visit: Visit) -> None:
    page = visit("ann")
    page.emulate_media(media="print")
    for gone in (".menu", ".filters", "#print", ".edit >> nth=0"):
        assert page.locator(gone).is_hidden(), gone


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm install --no-save axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_serious(visit: Visit, width: int, scheme: str) -> None:
    page = visit("ann", width=width, scheme=scheme)
    home = page.url.rstrip("/")
    for path in ("/", "/documents/1", "/texts?in_theme=2", "/search?q=zip", "/themes", "/themes/2"):
        page.goto(home + path)
        # Not as a script of the page: its policy lets none in.
        page.evaluate(AXE.read_text("utf-8"))
        assert serious(page) == [], path
