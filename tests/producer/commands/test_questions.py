"""The commands that answer questions, on a shop of which the answers are known."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete

from schema import settings as settings_module
from schema.database import open_engine, writing
from schema.results.sentiment import SentimentRow
from tests.support.console import Triage
from tests.support.shop import make_shop

LAST_WEEK = ("--since", "2026-07-13", "--until", "2026-07-19")


@pytest.fixture(scope="session")
def shop_file(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's database, which no test changes."""
    path = tmp_path_factory.mktemp("shop") / "triage.db"
    shutil.copy2(migrated_sqlite, path)
    engine = open_engine(f"sqlite:///{path}")
    make_shop(engine)
    engine.dispose()
    return path


@pytest.fixture
def ask(shop_file: Path, triage: Triage, monkeypatch: pytest.MonkeyPatch) -> Triage:
    """The console on the shop's database."""
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{shop_file}")
    settings_module.settings.cache_clear()
    return triage


def rows(ask: Triage, *words: str) -> list[dict[str, Any]]:
    """What a command gives to programs."""
    ended = ask(*words, "--format", "json")
    assert ended.code == 0, ended.err
    return list(json.loads(ended.out))


def test_headline_compares_with_the_period_before(ask: Triage) -> None:
    found = {row["figure"]: row for row in rows(ask, "headline", *LAST_WEEK)}
    documents, rating = found["documents"], found["mean rating"]
    assert (documents["value"], documents["previous"], documents["change"]) == (70, 40, 75.0)
    assert documents["change_low"] > 0
    assert rating["change_high"] < 0 and rating["unit"] == "stars"
    shown = ask("headline", *LAST_WEEK).out
    assert "previous: from 2026-07-06 to before 2026-07-13" in shown
    assert all(row["change"] is None for row in rows(ask, "headline"))


def test_complaints_say_by_how_many_with_intervals(ask: Triage) -> None:
    first, *_, last = rows(ask, "complaints")
    assert first["name"] == "broken zip" and first["unhappy"] == first["with_copies"] > 100
    assert first["of_all_percent_low"] < first["of_all_percent"] < first["of_all_percent_high"]
    assert first["show"] == f"triage themes show {first['theme']}"
    assert ask(*first["show"].split()[1:]).code == 0
    assert last["note"] == "too few"
    assert "830 documents, 830 different texts" in ask("complaints").out


def test_a_theme_that_rises_shows_what_was_expected_and_quotes_of_that_week(ask: Triage) -> None:
    found = {row["name"]: row for row in rows(ask, "rising", "--until", "2026-07-19")}
    zips = found["broken zip"]
    assert zips["alert"] == "rings" and zips["week"] == "2026-07-13"
    assert zips["texts"] > 2 * zips["expected"] and 0 < zips["p"] <= zips["q"] <= 0.05
    assert found["laces too short"]["new"] == "new"
    shown = ask("rising", "--until", "2026-07-19").out
    quote = next(line for line in shown.splitlines() if "“The zip of my coat" in line)
    number = int(next(word for word in quote.split() if word.isdecimal()))
    assert number > 760
    assert "6 themes were watched in the week of 2026-07-13" in shown
    assert "triage themes show ID" in shown


def test_nothing_that_rises_is_an_answer(ask: Triage) -> None:
    shown = ask("rising", "--since", "2026-06-01", "--until", "2026-06-07")
    assert shown.code == 0
    assert shown.out.startswith("nothing is new or rising: 6 themes were watched in the week of")
    short = ask("rising", "--since", "2026-03-30", "--until", "2026-04-12").out
    assert "of 2 of these weeks nobody can say what is usual" in short


def test_satisfaction_has_a_row_a_week(ask: Triage) -> None:
    found = rows(ask, "satisfaction", "--since", "2026-06-29")
    assert [row["week"] for row in found] == ["2026-06-29", "2026-07-06", "2026-07-13"]
    assert all(row["mean_stars_low"] < row["mean_stars"] for row in found)
    assert rows(ask, "satisfaction", "--by", "month")[0]["month"] == "2026-03-01"


def test_segments_of_a_column_and_of_the_metadata(ask: Triage) -> None:
    coat, boots, scarf = rows(ask, "segments")
    assert [row["product"] for row in (coat, boots, scarf)] == ["Coat", "Boots", "Scarf"]
    assert coat["points_from_others_low"] > 0 and scarf["note"] == "too few"
    plans = rows(ask, "segments", "--by", "metadata.plan", "--of", "low-rating")
    assert {row["plan"] for row in plans} == {"free", "pro"}
    assert all(row["low_rating_percent"] > 20 and row["q"] > 0.05 for row in plans)
    assert 'triage export v_documents --where "product=…"' in ask("segments").out


def test_drivers_have_the_effect_given_the_others_beside_the_difference(ask: Triage) -> None:
    found = {row["name"]: row for row in rows(ask, "drivers")}
    refund = found["refund missing"]
    assert refund["difference_high"] < 0
    assert abs(refund["given_others"]) < abs(refund["difference"]) / 2
    shown = ask("drivers").out
    assert "and 1 of fewer than 30 documents" in shown
    shares = rows(ask, "drivers", "--of", "negative")
    assert shares[0]["name"] == "broken zip" and shares[0]["difference"] > 30


def test_before_and_after_a_date(ask: Triage) -> None:
    found = rows(ask, "before-after", "2026-05-25", "--where", "product=Boots")
    rating = found[0]
    assert (rating["measure"], rating["says"], rating["as_large"]) == ("mean rating", "more", 0)
    assert rating["change_low"] > 0 and rating["earlier"] == 4
    (few, *_) = rows(ask, "before-after", "2026-05-25", "--days", "2")
    assert few["says"] == "too few"


def test_trust_names_models_and_what_is_missing(ask: Triage) -> None:
    found = {row["figure"]: row for row in rows(ask, "trust")}
    assert found["stars-2 714eb0f"]["count"] == 830
    agree = found["polarity and stars agree"]
    assert agree["percent_low"] < agree["percent"] < agree["percent_high"]
    assert len(agree["examples"].split()) == 10
    assert (found["rejected"]["count"], found["rejected"]["of"]) == (3, 833)
    assert "triage review --output FILE" in ask("trust").out


def test_as_csv_into_a_file(ask: Triage, tmp_path: Path) -> None:
    path = tmp_path / "drivers.csv"
    ended = ask("drivers", "--output", str(path), "--limit", "2")
    assert ended.code == 0 and ended.out == ""
    found = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    assert len(found) == 2 and found[0]["name"] == "broken zip"
    assert float(found[0]["difference_low"]) < float(found[0]["difference_high"]) < 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("segments", "--by", "week"), "--by must be product, language, source or metadata.KEY"),
        (("segments", "--by", "metadata.colour"), "no document has a metadata.colour"),
        (("segments", "--of", "rating"), "--of must be negative or low-rating"),
        (("before-after", "may"), "'may' is no date; write it as 2026-05-25"),
        (("rising", "--since", "2026-08-01"), "name an earlier --since"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(
    ask: Triage, words: tuple[str, ...], sentence: str
) -> None:
    ended = ask(*words)
    assert ended.code == 2 and sentence in ended.err and ended.out == ""


@pytest.mark.parametrize("command", ["complaints", "rising", "drivers"])
def test_without_themes_it_says_what_to_run(
    sqlite_engine: Engine, triage: Triage, command: str
) -> None:
    ended = triage(command)
    assert ended.code == 2
    assert "no themes have been found yet; run: triage themes" in ended.err


def test_without_sentiment_and_ratings_it_says_what_to_run(
    sqlite_engine: Engine, triage: Triage
) -> None:
    for words in (("segments",), ("before-after", "2026-05-25")):
        ended = triage(*words)
        assert ended.code == 2 and "triage ingest FILE --analyses sentiment" in ended.err


def test_ratings_alone_are_enough_to_complain(sqlite_engine: Engine, triage: Triage) -> None:
    make_shop(sqlite_engine)
    with writing(sqlite_engine) as connection:
        connection.execute(delete(SentimentRow))
    assert rows(triage, "complaints")[0]["name"] == "broken zip"
    assert "unhappy: texts of at most 2 stars" in triage("complaints").out
