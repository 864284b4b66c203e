"""The file, without a browser: what is in it, that it loads nothing, that texts stay texts."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, update

from producer.page.drawing.document import draw_page
from producer.page.page import read_page
from schema.database import open_engine, reading, writing
from schema.questions import Scope
from schema.results.answer import AnswerRow
from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow, Theme
from tests.producer.page.conftest import Drawn, draw
from tests.support.hostile import TEXTS, make_hostile
from tests.support.pages import Document
from tests.support.shop import NOW, Shop

#: In the order of what is asked first.
SECTIONS = [
    "headline",
    "rising",
    "themes",
    "segments",
    "answers",
    "classes",
    "entities",
    "urgent",
    "trust",
]


def test_the_sections_stand_in_their_order_and_each_can_be_jumped_to(drawn: Drawn) -> None:
    sections = [
        one.attributes["id"] for one in drawn.document.all("section") if "id" in one.attributes
    ]
    assert sections == SECTIONS
    links = [one.attributes["href"] for one in drawn.document.all("a")]
    # The last is that of the texts, which the script leads to where they are.
    assert links == ["#main", *(f"#{one}" for one in SECTIONS), "#"]


def test_nothing_is_loaded_from_anywhere(hostile: Drawn) -> None:
    for one in hostile.document.elements:
        assert not {"src", "srcset", "action", "data", "background"} & one.attributes.keys(), one
        assert one.tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}, one
    (style,) = hostile.document.all("style")
    assert "url(" not in style.text and "@import" not in style.text


def test_the_browser_may_run_what_is_named_by_its_hash_and_nothing_else(hostile: Drawn) -> None:
    (meta,) = hostile.document.all("meta", **{"http-equiv": "Content-Security-Policy"})
    policy = meta.attributes["content"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    scripts = [one for one in hostile.document.all("script") if "type" not in one.attributes]
    assert len(scripts) == 3
    for kind, elements in (("script-src", scripts), ("style-src", hostile.document.all("style"))):
        hashes = [hashlib.sha256(one.text.encode()).digest() for one in elements]
        named = [f"'sha256-{base64.b64encode(one).decode()}'" for one in hashes]
        assert f"{kind} {' '.join(named)};" in policy
    handlers = [
        one
        for one in hostile.document.elements
        if any(name.startswith("on") for name in one.attributes)
    ]
    assert handlers == []
    assert all("style" not in one.attributes for one in hostile.document.elements)


def test_what_strangers_wrote_stays_text(hostile: Drawn, drawn: Drawn) -> None:
    found = hostile.document
    assert {one.tag for one in found.elements} <= {one.tag for one in drawn.document.elements}
    texts = {one["text"] for one in found.data("texts")["documents"]}
    for said in TEXTS:
        assert said in texts or said[:2000] in texts
    shown = [one.text for one in found.all("button")]
    assert "zip <script>alert(1)</script>" in shown
    answers = [one.text for one in found.all("bdi")]
    assert "an <b><script>alert(1)</script></b>" in answers
    # What looks like a template is none.
    quotes = [one.text for one in found.all("bdi")]
    assert any("{{ 7 * 7 }}" in one for one in quotes)


def test_a_text_of_another_direction_turns_nothing_around_it(hostile: Drawn) -> None:
    quotes = [one for one in hostile.document.all("bdi") if "\u202e" in one.text]
    assert quotes and all(one.attributes["dir"] == "auto" for one in quotes)


def test_every_figure_that_can_be_opened_has_its_texts(drawn: Drawn) -> None:
    data = drawn.document.data("texts")
    keys = {
        one.attributes["data-key"]
        for one in drawn.document.all("button")
        if "data-key" in one.attributes
    }
    assert len(keys) > 50
    ids = {one["id"] for one in data["documents"]}
    for key in keys:
        behind = data["figures"][key]
        assert behind["ids"] and set(behind["ids"]) <= ids
        assert behind["title"] and behind["note"]
    for name in ("chart-volume", "chart-negative", "chart-stars"):
        for point in drawn.document.data(name)["points"]:
            for key in point.get("keys") or [point["key"]]:
                assert not key or key in data["figures"]


def test_the_texts_of_a_theme_are_of_that_theme(drawn: Drawn) -> None:
    behind = drawn.document.data("texts")["figures"]["theme1all"]
    assert behind["title"] == "broken zip"
    assert behind["note"] == f"10 of {len(drawn.shop.documents[1])}, the newest"
    assert set(behind["ids"]) <= set(drawn.shop.documents[1])


def test_figures_have_their_intervals_and_say_what_they_are(drawn: Drawn) -> None:
    text = re.sub(r"\s+", " ", drawn.html)
    assert "Classified as negative" in text and "may be chance" in text
    assert re.search(r"\d+ to \d+ %, of \d+", text)
    assert "Model unsure" in text
    cells = [one.text.strip() for one in drawn.document.all("bdi")]
    assert {"Coat", "Boots", "Scarf"} <= set(cells)


def test_what_is_missing_says_what_to_run(sqlite_engine: Engine) -> None:
    with reading(sqlite_engine) as connection:
        page = read_page(connection, Scope(), [], NOW)
    html = draw_page(page)
    missing = [one.text for one in Document(html).all("p", **{"class": "missing"})]
    assert len(missing) >= 5
    for said in ("triage themes", "--analyses qa", "--analyses entities", "--time COLUMN"):
        assert any(said in one for one in missing), said
    assert Document(html).all("div", **{"class": "chart"}) == []


def test_without_sentiment_no_chart_is_empty_and_nothing_is_called_unsure(
    shop_file: tuple[Path, Shop], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy2(shop_file[0], copy)
    engine = open_engine(f"sqlite:///{copy}")
    with writing(engine) as connection:
        connection.execute(delete(SentimentRow))
    page = draw(engine, shop_file[1], tmp_path / "page.html").document
    engine.dispose()
    charts = [one.attributes["data-chart"] for one in page.all("div", **{"class": "chart"})]
    assert charts == ["chart-volume", "chart-stars"]
    assert page.data("chart-volume")["names"][-1] == "unsure or not analysed"
    missing = [one.text for one in page.all("p", **{"class": "missing"})]
    assert any("Nothing was classified" in one for one in missing)


@pytest.mark.parametrize("name", ["drawn", "hostile"])
def test_it_can_be_mailed(name: str, request: pytest.FixtureRequest) -> None:
    drawn: Drawn = request.getfixturevalue(name)
    assert drawn.file.stat().st_size < 3_000_000


def test_it_can_be_mailed_whatever_customers_write(
    shop_file: tuple[Path, Shop], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy2(shop_file[0], copy)
    engine = open_engine(f"sqlite:///{copy}")
    make_hostile(engine, shop_file[1])
    # As texts of pages: each of these characters has six bytes in the file.
    long = {"text": "<" * 20_000, "external_id": "<" * 5_000, "source": "&" * 5_000}
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).values(**long, product="<" * 5_000))
        connection.execute(update(Theme).values(name="<" * 5_000))
        connection.execute(update(AnswerRow).values(answer="<" * 5_000, question="&" * 5_000))
    drawn = draw(engine, shop_file[1], tmp_path / "page.html")
    engine.dispose()
    assert drawn.file.stat().st_size < 3_000_000
    assert len(drawn.page.texts) > 100
