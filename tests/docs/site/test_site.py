"""The site is whole: it builds, its links lead somewhere, it opens from disk and asks nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from docs.site.links import PROJECT_PAGES, ROOT
from tests.docs.site.conftest import HtmlPage, build
from tests.support.chromium import needs_chromium

pytestmark = pytest.mark.slow
#: Milliseconds that a browser may take for anything on a machine that is busy.
PATIENCE = 180_000
#: Pages of mkdocs' own, which nobody links to.
OWN = {"404.html"}


def test_every_page_of_the_repository_is_a_page_of_the_site(pages: dict[str, HtmlPage]) -> None:
    written = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")}
    written |= {f"project/{path}" for path in PROJECT_PAGES}
    assert len(written) > 30
    # A README is the first page of its folder.
    shown = {
        re.sub(r"(README)?\.md$", lambda end: "index.html" if end[1] else ".html", path)
        for path in written
    }
    assert shown - pages.keys() == set()


def test_every_link_leads_to_a_page_and_a_place_on_it(
    site: Path, pages: dict[str, HtmlPage]
) -> None:
    broken = [
        f"{name}: {link}"
        for name, page in pages.items()
        if name not in OWN
        for link in page.links
        if not leads_somewhere(site, pages, page, link)
    ]
    assert broken == []


def test_no_page_loads_anything_from_elsewhere(site: Path, pages: dict[str, HtmlPage]) -> None:
    elsewhere = {
        load
        for page in pages.values()
        for load in page.loads
        if re.match(r"\w+:|//", load) and not load.startswith("data:")
    }
    assert elsewhere == set()
    sheets = list(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text()) == []


def test_a_table_shows_no_backslash_before_a_bar(pages: dict[str, HtmlPage]) -> None:
    assert "--on-change update|keep|error" in pages["commands.html"].text


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("[a](nowhere.md)", "nowhere.md"),
        ("[a](quick_start.md#no-such-place)", "no-such-place"),
        ("[a](../producer/nothing.py)", "producer/nothing.py"),
    ],
)
def test_a_broken_link_ends_the_build(added: str, said: str, tmp_path: Path) -> None:
    """On a site of two pages, which are enough for that."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text(f"# A\n\n{added}\n")
    (docs / "quick_start.md").write_text("# B\n")
    whole = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[0]
    whole = whole.replace("docs_dir: docs", f"docs_dir: {docs}")
    whole = whole.replace("[docs/site/hooks.py]", f"[{tmp_path / 'hooks.py'}]")
    (tmp_path / "hooks.py").write_text("from docs.site.hooks import on_page_markdown\n")
    (tmp_path / "mkdocs.yml").write_text(whole, "utf-8")
    done = build(tmp_path / "site", tmp_path / "mkdocs.yml")
    assert done.returncode == 1 and said in done.stdout + done.stderr


@needs_chromium
@pytest.mark.parametrize("width", [390, 1440])
def test_pages_fit_and_ask_nobody(site: Path, width: int, opened: Any) -> None:
    for name in ("index", "commands", "reference/options", "reference/alerts", "operations"):
        page = opened(site / f"{name}.html", width)
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) == 0, name


@needs_chromium
def test_the_search_finds_from_disk(site: Path, opened: Any) -> None:
    page = opened(site / "index.html", 1440)
    page.click("input.md-search__input")
    page.keyboard.type("dead letters")
    page.wait_for_selector(".md-search-result__item")
    found = " ".join(page.locator(".md-search-result__item").all_inner_texts())
    assert "triage dead" in found


@pytest.fixture
def opened(browser: Any) -> Iterator[Any]:
    """Opens a page of the site; at the end nothing may have been asked of a host."""
    asked: list[str] = []
    contexts: list[Any] = []

    def open_page(path: Path, width: int) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: asked.append(f"error: {error}"))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def leads_somewhere(site: Path, pages: dict[str, HtmlPage], page: HtmlPage, link: str) -> bool:
    """Whether a link of a page leads to a file of the site and its anchor, or to another host."""
    if re.match(r"(https?|mailto):", link):
        return True
    path, _, anchor = unquote(link).partition("#")
    target = (page.path.parent / path).resolve() if path else page.path
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file():
        return False
    shown = pages.get(target.relative_to(site).as_posix())
    return not anchor or shown is None or anchor in shown.anchors
