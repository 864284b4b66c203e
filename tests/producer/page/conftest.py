"""The page of a shop, and of one whose customers wrote what would do harm if it were HTML."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from producer.page.drawing.document import draw_page
from producer.page.page import Page, read_page
from schema.database import open_engine, reading
from schema.questions import Scope
from tests.support.hostile import make_hostile
from tests.support.pages import Document
from tests.support.shop import NOW, Shop, make_shop

Opened = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page: the facts, the file, and what a browser takes it for."""

    engine: Engine
    shop: Shop
    page: Page
    html: str
    document: Document
    file: Path


def draw(engine: Engine, shop: Shop, file: Path) -> Drawn:
    """The page of all that is in a database."""
    with reading(engine) as connection:
        page = read_page(connection, Scope(), ["all runs"], NOW)
    html = draw_page(page)
    file.write_text(html, "utf-8")
    return Drawn(engine, shop, page, html, Document(html), file)


@pytest.fixture(scope="session")
def shop_file(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Shop]:
    """A SQLite database with the shop in it, and what was written."""
    path = tmp_path_factory.mktemp("page") / "shop.db"
    shutil.copy2(migrated_sqlite, path)
    engine = open_engine(f"sqlite:///{path}")
    shop = make_shop(engine)
    engine.dispose()
    return path, shop


@pytest.fixture(scope="session")
def drawn(shop_file: tuple[Path, Shop]) -> Iterator[Drawn]:
    """The page of the shop."""
    path, shop = shop_file
    engine = open_engine(f"sqlite:///{path}")
    yield draw(engine, shop, path.with_name("shop.html"))
    engine.dispose()


@pytest.fixture(scope="session")
def hostile(shop_file: tuple[Path, Shop]) -> Iterator[Drawn]:
    """The page of a shop whose customers mean harm."""
    path, shop = shop_file
    copy = path.with_name("hostile.db")
    shutil.copy2(path, copy)
    engine = open_engine(f"sqlite:///{copy}")
    make_hostile(engine, shop)
    yield draw(engine, shop, path.with_name("hostile.html"))
    engine.dispose()


@pytest.fixture
def opened(browser: Any) -> Iterator[Opened]:
    """Opens a page; at the end nothing may have been said to the console, asked of anybody, or
    shown as a dialog.
    """
    wrong: list[str] = []
    contexts = []

    def open_page(
        drawn: Drawn, width: int = 1440, scheme: str = "light", fragment: str = "", **options: Any
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda shown: wrong.append(f"dialog: {shown.message}"))
        address = drawn.file.as_uri()
        # The first request is the page's own.
        page.on("request", lambda asked: wrong.extend({asked.url.partition("#")[0]} - {address}))
        page.goto(address + fragment)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
