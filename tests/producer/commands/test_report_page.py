"""`triage report --html`: which feedback the page is about, and where it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from schema.database import writing
from tests.support.console import Triage
from tests.support.feedback import add_run, add_to_run
from tests.support.pages import Document
from tests.support.shop import Shop, make_shop


@pytest.fixture
def shop(sqlite_engine: Engine) -> Shop:
    return make_shop(sqlite_engine)


def texts(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Document(file.read_text("utf-8")).data("texts")["documents"]
    return found


def test_it_is_written_where_one_stands_and_says_how_to_open_it(
    shop: Shop, triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = triage("report", "--html")
    assert ended.code == 0 and ended.out == ""
    assert ended.err.startswith("report.html: ") and "open it with a browser" in ended.err
    assert "all runs" in (tmp_path / "report.html").read_text("utf-8")


def test_a_period_and_a_condition_choose_the_texts(
    shop: Shop, triage: Triage, tmp_path: Path
) -> None:
    file = tmp_path / "coats.html"
    options = ("--since", "2026-06-01", "--where", "product=Coat", "--output", str(file))
    assert triage("report", "--html", "shop", *options).code == 0
    found = texts(file)
    assert found and {one["product"] for one in found} == {"Coat"}
    assert {one["time"].split()[1] for one in found} <= {"Jun", "Jul"}
    assert "run shop" in file.read_text("utf-8")


def test_documents_of_several_runs(
    shop: Shop, sqlite_engine: Engine, triage: Triage, tmp_path: Path
) -> None:
    with writing(sqlite_engine) as connection:
        for name, documents in (("early", [1, 2]), ("late", [829, 830])):
            add_to_run(connection, add_run(connection, name), documents)
    file = tmp_path / "two.html"
    assert triage("report", "--html", "early", "late", "--output", str(file)).code == 0
    html = file.read_text("utf-8")
    assert "runs early, late" in html and "4 documents" in html
    assert {one["id"] for one in texts(file)} <= {1, 2, 829, 830}
    assert triage("report", "--html", "nobody", "--output", str(file)).code == 2


@pytest.mark.parametrize("option", [("--by", "week"), ("--limit", "3"), ("--format", "csv")])
def test_options_of_tables_do_not_go_with_a_page(
    sqlite_engine: Engine, triage: Triage, option: tuple[str, str]
) -> None:
    ended = triage("report", "--html", *option)
    assert ended.code == 2 and "--html goes with" in ended.err


def test_only_a_page_takes_several_names(sqlite_engine: Engine, triage: Triage) -> None:
    ended = triage("report", "sentiment", "answers")
    assert ended.code == 2 and "name one report" in ended.err
