"""`triage themes`: what it shows, and what people change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine, case, update

from producer.commands import theme_tables
from schema.database import writing
from schema.tables import DocumentRow
from tests.support.console import Triage
from tests.support.ledger import make_run
from tests.support.themed import themed_run, themed_texts

THREE = ("parcel", "refund", "zip")


@pytest.fixture
def themed(engine: Engine, triage: Triage) -> Engine:
    """A database with three themes."""
    themed_run(engine, themed_texts(THREE, 30))
    assert triage("themes").code == 0
    return engine


def listed(triage: Triage, *options: str) -> dict[str, dict[str, Any]]:
    """By name the themes that are listed now."""
    shown = json.loads(triage("themes", "--json", *options).out)
    return {theme["name"]: theme for theme in shown["themes"]}


def theme_of(triage: Triage, subject: str) -> int:
    return int(next(one["id"] for name, one in listed(triage).items() if subject in name))


def test_a_table_with_intervals_polarities_and_quotes(
    engine: Engine, triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    themed_run(engine, themed_texts((*THREE, "staff"), 30))
    ended = triage("themes")
    assert ended.code == 0
    assert "4 themes of 120 documents, 120 different texts; 0 texts in none" in ended.out
    assert "25.0 % (18.1 to 33.4)" in ended.out
    assert "weaker" not in ended.out
    staff = next(one for name, one in listed(triage).items() if "staff" in name)
    assert staff["called"]["positive"] > 0 and staff["called"]["negative"] > 0
    quotes = staff["quotes"]
    assert quotes["positive"] and all("friendly" in one["text"] for one in quotes["positive"])
    assert quotes["negative"] and not any("friendly" in one["text"] for one in quotes["negative"])
    assert staff["share"] == pytest.approx(0.25)


def test_each_figure_leads_to_its_texts(themed: Engine, triage: Triage) -> None:
    theme = theme_of(triage, "zip")
    shown = json.loads(triage("themes", "show", str(theme), "--json", "--limit", "0").out)
    assert len(shown["clauses"]) == 30
    assert all("zip" in one["text"] for one in shown["clauses"])
    similar = [one["similarity"] for one in shown["clauses"]]
    assert similar == sorted(similar, reverse=True)
    assert "zip" in triage("themes", "show", str(theme)).out
    broad = next(iter(listed(triage, "--broad").values()))
    assert json.loads(triage("themes", "show", str(broad["id"]), "--json").out)["clauses"]


def test_a_text_that_many_wrote_is_shown_once(
    engine: Engine, triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = themed_texts(THREE, 30)
    themed_run(engine, [*texts, *[texts[0]] * 7])
    assert triage("themes").code == 0
    theme = str(theme_of(triage, "parcel"))
    monkeypatch.setenv("COLUMNS", "200")
    shown = triage("themes", "show", theme, "--limit", "0").out
    assert shown.count(texts[0]) == 1
    (row,) = [line for line in shown.splitlines() if texts[0] in line]
    assert row.split("│")[2].strip() == "8"
    assert shown.count("│") // 8 - 1 < 37
    clauses = json.loads(triage("themes", "show", theme, "--json", "--limit", "0").out)["clauses"]
    assert sum(one["text"] == texts[0] for one in clauses) == 8
    monkeypatch.setattr(theme_tables, "MOST_READ", 3)
    assert (
        "of the 3 clauses nearest to its centre"
        in triage("themes", "show", theme, "--limit", "2").out
    )


def test_a_name_that_a_person_gave_stays(themed: Engine, triage: Triage) -> None:
    theme = theme_of(triage, "zip")
    assert triage("themes", "rename", str(theme), "Zippers").code == 0
    triage("themes", "--rebuild")
    assert listed(triage)["Zippers"]["id"] == theme
    assert listed(triage)["Zippers"]["named_by"]


def test_merged_themes_count_as_one_also_after_a_rebuild(themed: Engine, triage: Triage) -> None:
    zips, parcels = theme_of(triage, "zip"), theme_of(triage, "parcel")
    assert triage("themes", "merge", str(zips), str(parcels)).code == 0
    for options in ([], ["--rebuild"]):
        themes = {one["id"]: one["documents"] for one in listed(triage, *options).values()}
        assert zips not in themes and themes[parcels] == 60
    clauses = json.loads(triage("themes", "show", str(parcels), "--json", "--limit", "0").out)
    assert len(clauses["clauses"]) == 60
    assert triage("themes", "merge", str(parcels), str(zips)).code == 2


def test_what_is_hidden_is_not_listed(themed: Engine, triage: Triage) -> None:
    theme = theme_of(triage, "refund")
    assert triage("themes", "hide", str(theme)).code == 0
    for options in ([], ["--rebuild"]):
        ended = triage("themes", *options)
        assert "1 hidden" in ended.out and "refund" not in ended.out
    triage("themes", "unhide", str(theme))
    assert theme_of(triage, "refund") == theme


def test_a_theme_is_split_and_stays_so(engine: Engine, triage: Triage) -> None:
    themed_run(engine, themed_texts(THREE, 30))
    triage("themes")
    zips, parcels = theme_of(triage, "zip"), theme_of(triage, "parcel")
    ended = triage("themes", "split", str(zips))
    if ended.code:
        assert "stays one" in ended.err
        return
    parts = [one["id"] for one in listed(triage).values()]
    assert zips not in parts and parcels in parts
    triage("themes", "--rebuild")
    again = {one["id"]: one["documents"] for one in listed(triage).values()}
    assert set(again) == set(parts) and sum(again.values()) == 90


@pytest.mark.parametrize(
    "words",
    [
        ["show"],
        ["show", "999"],
        ["show", "x"],
        ["rename", "1"],
        ["rename", "999", "a"],
        ["merge", "1"],
        ["merge", "1", "x"],
        ["hide", "x"],
        ["split", "999"],
        ["--since", "yesterday"],
        ["no-such-run"],
        ["--topics", "nothing.csv"],
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    sqlite_engine: Engine, triage: Triage, words: list[str]
) -> None:
    ended = triage("themes", *words)
    assert ended.code == 2 and ended.err.count("\n") == 1


def test_without_feedback_it_says_how_to_begin(sqlite_engine: Engine, triage: Triage) -> None:
    ended = triage("themes")
    assert ended.code == 2 and "triage ingest" in ended.err


def test_without_embeddings_it_says_that_it_is_weaker(
    sqlite_engine: Engine, triage: Triage
) -> None:
    make_run(sqlite_engine, themed_texts(THREE, 30), ("sentiment",))
    assert "weaker" in triage("themes").out


def test_a_list_of_topics(sqlite_engine: Engine, triage: Triage, tmp_path: Any) -> None:
    themed_run(sqlite_engine, themed_texts(THREE, 20))
    path = tmp_path / "topics.csv"
    path.write_text("name,description\nDelivery,late parcel\nWeather,rain\n", "utf-8")
    ended = triage("themes", "--topics", str(path))
    assert ended.code == 0 and "'Weather'" in ended.err
    assert listed(triage)["Delivery"]["documents"] == 20
    assert "--rebuild" in triage("themes", "--topics", str(path)).err


def test_figures_stand_beside_themes_from_the_first_time_on(
    sqlite_engine: Engine, triage: Triage
) -> None:
    themed_run(sqlite_engine, themed_texts(THREE, 30))
    with writing(sqlite_engine) as connection:
        stars = case((DocumentRow.text.contains("zip"), 1), else_=4)
        connection.execute(update(DocumentRow).values(rating=stars, rating_scale=5))
    assert triage("themes").code == 0
    shown = triage("export", "v_themes", "--format", "jsonl").out.splitlines()
    effects = {row["name"]: row["effect"] for row in map(json.loads, shown)}
    zips = next(name for name in effects if "zip" in name)
    assert effects[zips] == -3 and all(one > 0 for name, one in effects.items() if name != zips)
    theme = theme_of(triage, "zip")
    found = triage("search", "broke", "--theme", str(theme), "--json", "--limit", "1000")
    hits = json.loads(found.out)
    assert hits and all("zip" in hit["clause"] for hit in hits)
    missing = triage("search", "broke", "--theme", "999")
    assert missing.code == 2 and "`triage themes` lists them" in missing.err
