"""The views: columns as documented, each document once, the same on both databases."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, delete, inspect, text, update

from schema.database import reading, writing
from schema.database.clock import now
from schema.database.errors import DatabaseError
from schema.ledger.prefer import prefer, preferred_runs, stop_preferring
from schema.migrations.revision import alembic_config, upgrade
from schema.reports import find_report, run_report
from schema.results import RESULT_TABLES
from schema.results.sentiment import SentimentRow
from schema.tables import DocumentRow, DocumentTheme, Theme, ThemeSet, ThemeWeek
from schema.views import VIEWS, View
from tests.support.feedback import add_document, add_model, add_result, add_run
from tests.support.two_runs import WANT, add_intents, seed, view_rows

PAGE = (Path(__file__).parents[3] / "docs" / "views.md").read_text("utf-8")
NAMES = [view.name for view in VIEWS]


def test_intents_are_those_of_the_newest_run_even_if_it_finds_none(engine: Engine) -> None:
    autumn, again = seed(engine)
    add_intents(engine, autumn, 1, ["complaint", "churn_risk"])
    add_intents(engine, autumn, 2, ["request"])
    add_intents(engine, again, 1, ["none"])
    found = [
        (row["document_id"], row["intent"], row["run_id"]) for row in view_rows(engine, "v_intents")
    ]
    assert sorted(found) == [(1, "none", again), (2, "request", autumn)]


def test_views_have_the_columns_that_their_files_say(engine: Engine) -> None:
    found = inspect(engine)
    for view in VIEWS:
        there = [column["name"] for column in found.get_columns(view.name)]
        assert there == [column.name for column in view.columns]
    if engine.dialect.name == "postgresql":
        comments = {one["name"]: one["comment"] for one in found.get_columns("v_daily")}
        assert comments["rated"] == "those with a rating whose scale is known"


@pytest.mark.parametrize("view", VIEWS, ids=NAMES)
def test_the_page_says_the_same(view: View) -> None:
    section = re.search(rf"^### `{view.name}`\n(.*?)(?=^##|\Z)", PAGE, re.M | re.S)
    assert section
    assert f"A row is {view.description}." in section[1]
    described = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", section[1], re.M)
    assert described == [(one.name, one.kind, one.meaning) for one in view.columns]


def test_kinds_are_those_of_the_database(engine: Engine) -> None:
    """On SQLite they cannot be told, but all values can be read as such."""
    autumn, _ = seed(engine)
    add_intents(engine, autumn, 1, ["complaint"])
    with writing(engine) as connection:
        add_result(connection, "reply", autumn, 1, draft="Hi", origin="model", unread=0)
    assert all(view_rows(engine, name) for name in NAMES)
    if engine.dialect.name != "postgresql":
        return
    kinds = {"integer": "INTEGER|BIGINT", "number": "DOUBLE|NUMERIC|REAL", "text": "TEXT|VARCHAR"}
    kinds |= {"time": "TIMESTAMP", "date": "DATE", "json": "JSONB", "boolean": "BOOLEAN"}
    for view in VIEWS:
        there = {one["name"]: str(one["type"]) for one in inspect(engine).get_columns(view.name)}
        for column in view.columns:
            assert re.match(kinds[column.kind], there[column.name]), (view.name, column.name)


def test_a_document_stands_there_once_with_its_newest_results(engine: Engine) -> None:
    autumn, _ = seed(engine)
    found = view_rows(engine, "v_documents")
    assert [row["id"] for row in found] == [1, 2, 3, 4, 5]
    first = found[0]
    assert (first["polarity"], first["score"], first["summary"]) == (
        *("positive", 0.75),
        "Leaks, again.",
    )
    assert (first["source"], first["product"], first["language"]) == ("app", "Kettle", "en")
    assert first["day"] == date(2026, 10, 5)
    assert found[2]["metadata"] == '{"resolved": "Yes", "store": "Bonn"}'
    assert (found[3]["translation"], found[3]["translated_to"]) == ("Das ist ein Ding.", "de")
    assert [row["polarity"] for row in view_rows(engine, "v_documents", autumn)][0] == "negative"
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).where(DocumentRow.id == 1).values(gone_at=now()))
    assert [row["id"] for row in view_rows(engine, "v_documents")] == [2, 3, 4, 5]


def test_what_is_unsure_has_no_polarity(engine: Engine) -> None:
    autumn, _ = seed(engine)
    with writing(engine) as connection:
        of_document = update(SentimentRow).where(SentimentRow.document_id == 5)
        connection.execute(of_document.values(unsure=True))
    last = view_rows(engine, "v_documents")[-1]
    assert (last["polarity"], last["leaning"], last["unsure"]) == (None, "negative", True)
    assert view_rows(engine, "v_documents")[0]["unsure"] is False


def test_language_is_given_or_surely_found(engine: Engine) -> None:
    with writing(engine) as connection:
        run = add_run(connection, "r")
        for number, (language, unsure) in enumerate((("fr", False), ("de", True), ("und", False))):
            document = add_document(connection, number, "text")
            found = {"language": language, "unsure": unsure, "origin": "text", "probability": 0.9}
            add_result(connection, "language", run, document, **found)
    assert [row["language"] for row in view_rows(engine, "v_documents")] == ["fr", None, None]


def test_preferred_runs_count_before_newer_ones(engine: Engine) -> None:
    autumn, again = seed(engine)
    assert prefer(engine, autumn)
    assert not prefer(engine, autumn)
    first = view_rows(engine, "v_documents")[0]
    assert (first["polarity"], first["summary"]) == ("negative", "Kettle leaks.")
    assert {row["run"] for row in view_rows(engine, "v_results_current")} == {"autumn"}
    assert view_rows(engine, "v_answers")[1]["answer"] == " a refund "
    # Of several the newest counts.
    assert prefer(engine, again)
    with reading(engine) as connection:
        assert preferred_runs(connection) == ["again", "autumn"]
    assert view_rows(engine, "v_documents")[0]["polarity"] == "positive"
    assert stop_preferring(engine, again)
    assert view_rows(engine, "v_documents")[0]["polarity"] == "negative"
    assert stop_preferring(engine, autumn)
    assert not stop_preferring(engine, autumn)
    assert view_rows(engine, "v_documents")[0]["polarity"] == "positive"


def test_a_preferred_run_counts_only_where_it_has_a_result(engine: Engine) -> None:
    _, again = seed(engine)
    prefer(engine, again)
    assert [row["polarity"] for row in view_rows(engine, "v_documents")] == [
        *("positive", "positive", "negative", "neutral", "negative")
    ]


def test_results_current_has_each_analysis_of_a_document_once(engine: Engine) -> None:
    autumn, again = seed(engine)
    with writing(engine) as connection:
        model = add_model(connection, again, "sentiment", "acme/feelings")
        of_run = update(SentimentRow).where(SentimentRow.run_id == again)
        connection.execute(of_run.values(model_id=model))
    found = {
        (row["document_id"], row["analysis"]): row for row in view_rows(engine, "v_results_current")
    }
    assert len(found) == len(view_rows(engine, "v_results_current")) == 5 + 3 + 5 + 2 + 1
    assert (found[1, "sentiment"]["run"], found[1, "sentiment"]["model"]) == (
        *("again", "acme/feelings"),
    )
    assert found[1, "entities"]["run_id"] == autumn
    assert {row["run"] for row in view_rows(engine, "v_results_current", again)} == {"again"}
    with reading(engine) as connection:
        of_view = run_report(connection, find_report("v_results_current"))
        assert of_view.columns[:2] == ("document_id", "analysis")
    assert {analysis for _, analysis in found} <= {table.analysis for table in RESULT_TABLES}


def test_mentions_say_where_they_stand(engine: Engine) -> None:
    before, behind = "It began. " * 20, " and then it broke." * 20
    with writing(engine) as connection:
        run = add_run(connection, "r")
        long = add_document(connection, 1, f"{before}Nimbus{behind}", product="Kettle")
        short = add_document(connection, 2, "Nimbus broke.")
        place = {"type": "ORG", "text": "Nimbus", "start": len(before), "end": len(before) + 6}
        add_result(connection, "entities", run, long, **place)
        add_result(connection, "entities", run, short, **place | {"start": 0, "end": 6})
        feels = {"label": "bad", "polarity": "negative"}
        add_result(connection, "sentiment", run, long, **feels)
    first, second = sorted(view_rows(engine, "v_mentions"), key=lambda row: row["document_id"])
    assert first["excerpt"] == f"{before[-80:]}Nimbus{behind[:80]}"
    assert second["excerpt"] == "Nimbus broke."
    assert (first["polarity"], first["product"], first["mention"]) == (
        *("negative", "Kettle", "Nimbus"),
    )


def test_entities_are_merged_over_their_spellings(engine: Engine) -> None:
    spellings = ["Coca-Cola", "coca cola", "Coca-Cola’s", "COCA COLA.", "(Coca-Cola)", "Pepsi"]
    with writing(engine) as connection:
        run = add_run(connection, "r")
        for number, spelling in enumerate(spellings):
            document = add_document(connection, number, "text")
            named = {"type": "ORG", "text": spelling}
            add_result(connection, "entities", run, document, **named, unsure=spelling == "Pepsi")
            if number < 2:
                feels = {"label": "bad", "polarity": "negative", "unsure": number == 1}
                add_result(connection, "sentiment", run, document, **feels)
        # The frequent spelling stands for all; an unsure mention counts apart.
        document = add_document(connection, 9, "text")
        for ordinal, unsure in enumerate((False, False, True)):
            named = {"type": "ORG", "text": "Coca-Cola"}
            more: dict[str, Any] = {"ordinal": ordinal, "unsure": unsure}
            add_result(connection, "entities", run, document, **named, **more)
    (only,) = view_rows(engine, "v_entities")
    assert only == {
        "entity": "Coca-Cola",
        "type": "ORG",
        "merged": "coca cola",
        "documents": 6,
        "mentions": 7,
        "unsure_mentions": 1,
        "positive": 0,
        "neutral": 0,
        "negative": 1,
        "unsure": 1,
        "no_polarity": 4,
    }


def test_answers(engine: Engine) -> None:
    autumn, _ = seed(engine)
    found = sorted(view_rows(engine, "v_answers", autumn), key=lambda row: row["document_id"])
    assert [(row["answer"], row["grouped"]) for row in found] == [
        ("A refund.", "refund"),
        (" a refund ", "refund"),
        ("(New lid!)", "new lid"),
        (None, "(none)"),
        ("a new one", "new one"),
    ]
    assert {row["question"] for row in found} == {WANT}


def test_daily(engine: Engine) -> None:
    seed(engine)
    with writing(engine) as connection:
        rated = update(DocumentRow).where(DocumentRow.id < 3).values(rating=8, rating_scale=10)
        connection.execute(rated)
        connection.execute(update(DocumentRow).where(DocumentRow.id == 2).values(rating=3))
    first, *others = sorted(view_rows(engine, "v_daily"), key=lambda row: str(row["day"]))
    counts = {"positive": 2, "neutral": 0, "negative": 0, "unsure": 0, "no_polarity": 0}
    assert first == {
        **{"day": date(2026, 10, 5), "source": "app", "product": "Kettle"},
        **{"documents": 2, "analysed": 2, **counts, "rated": 2, "mean_stars": 2.75},
    }
    assert sum(row["documents"] for row in others) == 3


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_day_does_not_depend_on_the_session(engine: Engine) -> None:
    seed(engine)
    with reading(engine) as connection:
        connection.execute(text("SET TIME ZONE 'Asia/Tokyo'"))
        day = connection.execute(text("SELECT day FROM v_documents WHERE id = 1")).scalar_one()
    assert day == date(2026, 10, 5)


def test_old_databases_get_them(engine: Engine) -> None:
    seed(engine)
    with writing(engine) as connection:
        # Of which an old database has none.
        for table in (ThemeWeek, DocumentTheme, Theme, ThemeSet):
            connection.execute(delete(table))
    before = {name: sorted(map(repr, view_rows(engine, name))) for name in NAMES}
    with writing(engine) as connection:
        command.downgrade(alembic_config(connection), "0013")
    assert not set(NAMES) & set(inspect(engine).get_view_names())
    upgrade(engine)
    assert {name: sorted(map(repr, view_rows(engine, name))) for name in NAMES} == before


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_view_of_somebody_else_on_ours_is_named(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("CREATE VIEW mine AS SELECT id FROM v_documents"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0013'"))
    with pytest.raises(DatabaseError, match="v_documents cannot be made anew.*triage init"):
        upgrade(engine)
    with reading(engine) as connection:
        connection.execute(text("SELECT id FROM mine"))
