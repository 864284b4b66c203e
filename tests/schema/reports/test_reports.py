"""The named reports: what they say, by numbers worked out by hand, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, update

from schema.database import reading, writing
from schema.database.clock import now
from schema.reports import (
    ReportOptions,
    UnknownReportError,
    Value,
    find_report,
    reports,
    run_report,
)
from schema.results.answer import AnswerRow
from schema.results.entity import EntityRow
from schema.results.sentiment import SentimentRow
from schema.status.runs import UnknownRunError, find_run
from schema.tables import DocumentRow
from tests.support.feedback import add_document, add_model, add_result, add_run
from tests.support.report_rows import columns, rows
from tests.support.two_runs import WANT, seed

#: Columns of every report on sentiment.
COUNTED = (
    *("documents", "positive", "neutral", "negative", "unsure", "no_polarity"),
    "classified_negative_percent",
)


def test_every_report_is_described_and_runs(engine: Engine) -> None:
    autumn, _ = seed(engine)
    assert len(reports()) >= 10
    for report in reports():
        assert 10 < len(report.description) <= 100
        assert not report.description.endswith(".")
        assert report.name.replace("-", "").isalpha()
        with reading(engine) as connection:
            for run_id in (None, autumn):
                result = run_report(connection, report, ReportOptions(run_id=run_id, limit=1))
                assert len(set(result.columns)) == len(result.columns) > 1
                for row in result.rows:
                    assert all(isinstance(value, Value) for value in row)


def test_labels_of_every_analysis_that_gives_them(engine: Engine) -> None:
    autumn, again = seed(engine)
    counted = ("analysis", "label", "documents", "unsure", "percent", "mean_score")
    assert columns(engine, "labels") == counted
    assert rows(engine, "labels", autumn) == [
        ("sentiment", "NEGATIVE", 2, 0, 40.0, 0.75),
        ("sentiment", "NEUTRAL", 1, 0, 20.0, 0.5),
        ("sentiment", "POSITIVE", 1, 0, 20.0, 0.8),
        ("sentiment", "neg", 1, 0, 20.0, 0.7),
    ]
    assert rows(engine, "labels", again) == [("sentiment", "POSITIVE", 1, 0, 100.0, 0.75)]
    # Over all runs each document counts once, with its newest label.
    assert rows(engine, "labels")[0] == ("sentiment", "POSITIVE", 2, 0, 40.0, 0.775)


def test_sentiment_by_day_product_source_and_language(engine: Engine) -> None:
    autumn, again = seed(engine)
    assert columns(engine, "sentiment-by-day") == ("day", *COUNTED)
    assert rows(engine, "sentiment-by-day", autumn) == [
        (date(2026, 10, 5), 2, 1, 0, 1, 0, 0, 50.0),
        (date(2026, 10, 6), 2, 0, 0, 2, 0, 0, 100.0),
        (None, 1, 0, 1, 0, 0, 0, 0.0),
    ]
    # Over all runs each document counts once, with its newest result.
    assert rows(engine, "sentiment-by-day")[0] == (date(2026, 10, 5), 2, 2, 0, 0, 0, 0, 0.0)
    assert rows(engine, "sentiment-by-day", again) == [(date(2026, 10, 5), 1, 1, 0, 0, 0, 0, 0.0)]
    assert rows(engine, "sentiment-by-product", autumn) == [
        ("Toaster", 2, 0, 0, 2, 0, 0, 100.0),
        ("Kettle", 2, 1, 0, 1, 0, 0, 50.0),
        ("(none)", 1, 0, 1, 0, 0, 0, 0.0),
    ]
    assert rows(engine, "sentiment-by-source", autumn) == [
        ("app", 2, 1, 0, 1, 0, 0, 50.0),
        ("shop", 2, 0, 1, 1, 0, 0, 50.0),
        ("mail", 1, 0, 0, 1, 0, 0, 100.0),
    ]
    assert rows(engine, "sentiment-by-language", autumn) == [
        ("en", 3, 1, 0, 2, 0, 0, 66.7),
        ("(unknown)", 1, 0, 1, 0, 0, 0, 0.0),
        ("de", 1, 0, 0, 1, 0, 0, 100.0),
    ]


def test_entities_in_negative(engine: Engine) -> None:
    autumn, _ = seed(engine)
    counts = ("mentions", "unsure_mentions", "documents", "negative", "unsure", "no_polarity")
    assert columns(engine, "entities-in-negative") == (
        *("entity", "type"),
        *counts,
        "classified_negative_percent",
    )
    assert rows(engine, "entities-in-negative", autumn) == [
        ("Nimbus", "ORG", 5, 0, 3, 2, 0, 0, 66.7),
        ("Leeds", "LOC", 1, 0, 1, 1, 0, 0, 100.0),
    ]
    # The newest result of the only document that names Leeds is positive.
    assert rows(engine, "entities-in-negative") == [("Nimbus", "ORG", 5, 0, 3, 1, 0, 0, 33.3)]


def test_what_is_unsure_or_has_no_polarity_is_counted_apart(engine: Engine) -> None:
    autumn, _ = seed(engine)
    with writing(engine) as connection:
        model = add_model(connection, autumn, "sentiment", "acme/stars")
        of_run = update(SentimentRow).where(SentimentRow.run_id == autumn)
        connection.execute(of_run.values(label="LABEL_1", model_id=model))
        unsure, old = SentimentRow.document_id == 5, SentimentRow.document_id == 2
        connection.execute(of_run.where(unsure).values(unsure=True))
        connection.execute(of_run.where(old).values(polarity=None))
    assert rows(engine, "sentiment-by-product", autumn) == [
        ("Kettle", 2, 0, 0, 1, 0, 1, 100.0),
        ("Toaster", 2, 0, 0, 1, 1, 0, 100.0),
        ("(none)", 1, 0, 1, 0, 0, 0, 0.0),
    ]
    # A share of nothing is none.
    assert rows(engine, "sentiment-by-source", autumn)[-1] == ("mail", 1, 0, 0, 0, 1, 0, None)
    assert columns(engine, "sentiment-by-model") == ("model", "revision", *COUNTED)
    assert rows(engine, "sentiment-by-model", autumn) == [
        ("acme/stars", "714eb0f", 5, 0, 1, 2, 1, 1, 66.7)
    ]
    assert rows(engine, "labels", autumn) == [("sentiment", "LABEL_1", 4, 1, 100.0, 0.725)]
    assert rows(engine, "entities-in-negative", autumn) == [
        ("Nimbus", "ORG", 5, 0, 3, 2, 0, 1, 100.0),
        ("Leeds", "LOC", 1, 0, 1, 1, 0, 0, 100.0),
    ]
    assert [row[0] for row in rows(engine, "longest-complaints", autumn)] == [1]
    (first, *others) = rows(engine, "least-certain", autumn)
    assert (first[0], first[3], first[5]) == (5, "negative", "unsure")
    assert {row[5] for row in others} == {None}


def test_answers_are_grouped(engine: Engine) -> None:
    autumn, _ = seed(engine)
    assert rows(engine, "answers", autumn) == [
        (WANT, "refund", 2, 40.0, 0, 0.3),
        (WANT, "new lid", 1, 20.0, 0, 0.5),
        (WANT, "new one", 1, 20.0, 0, 0.3),
        (WANT, "(none)", 1, 20.0, 0, 0.1),
    ]
    assert rows(engine, "answers")[0] == (WANT, "refund", 2, 40.0, 0, 0.5)


def test_like_answers_are_one_whatever_their_article_and_number(engine: Engine) -> None:
    said = ["Refunds!", "the refund", "REFUND", "a re-fund", "the glass", "Glass", "a bus", "buses"]
    said += ["theatre", "the", "un remboursement", "Remboursement.", "class is", "a ss"]
    with writing(engine) as connection:
        run = add_run(connection, "r")
        for number, answer in enumerate(said):
            document = add_document(connection, number, "text")
            given = {"question": WANT, "answer": answer, "score": 0.5}
            add_result(connection, "qa", run, document, **given)
    counts = {row[1]: row[2] for row in rows(engine, "answers")}
    assert counts == {
        **{"refund": 3, "glass": 2, "remboursement": 2, "re fund": 1, "bus": 1, "buses": 1},
        **{"theatre": 1, "the": 1, "class is": 1, "ss": 1},
    }


def test_unsure_entities_and_answers_are_counted_apart(engine: Engine) -> None:
    autumn, _ = seed(engine)
    with writing(engine) as connection:
        unsure = update(EntityRow).where(EntityRow.run_id == autumn).values(unsure=True)
        # One mention of two, and all that a document has.
        connection.execute(unsure.where(EntityRow.document_id == 1, EntityRow.ordinal == 0))
        connection.execute(unsure.where(EntityRow.document_id == 3))
        of_run = update(AnswerRow).where(AnswerRow.run_id == autumn, AnswerRow.document_id == 3)
        connection.execute(of_run.values(unsure=True, answer="", score=0.3))
    assert rows(engine, "entities-in-negative", autumn) == [
        ("Leeds", "LOC", 1, 0, 1, 1, 0, 0, 100.0),
        ("NIMBUS", "ORG", 2, 3, 2, 1, 0, 0, 50.0),
    ]
    assert rows(engine, "answers", autumn)[:2] == [
        (WANT, "refund", 2, 40.0, 0, 0.3),
        (WANT, "(none)", 2, 40.0, 1, 0.2),
    ]


def test_texts(engine: Engine) -> None:
    autumn, _ = seed(engine)
    complaints = rows(engine, "longest-complaints", autumn)
    burnt = datetime(2026, 10, 6, 23, tzinfo=UTC)
    # The third document is marked as resolved; the fifth only quotes such a mark.
    assert [row[0] for row in complaints] == [5, 1]
    assert complaints[0] == (5, burnt, "mail", "Toaster", 380, "Toaster burns.", 0.6)
    newest = rows(engine, "longest-complaints")
    assert [(row[0], row[5]) for row in newest] == [(5, "Burns, again.")]
    assert [(row[0], row[7]) for row in rows(engine, "least-certain", autumn, limit=2)] == [
        (4, 0.5),
        (5, 0.6),
    ]
    beside = rows(engine, "summaries-and-translations", autumn)
    assert [(row[0], *row[3:]) for row in beside] == [
        (1, "Kettle leaks.", None, None),
        (4, None, "de", "Das ist ein Ding."),
        (5, "Toaster burns.", None, None),
    ]
    # Over all runs each document stands there once, with what is newest.
    assert [(row[0], row[3]) for row in rows(engine, "summaries-and-translations")] == [
        (1, "Leaks, again."),
        (4, None),
        (5, "Burns, again."),
    ]
    assert rows(engine, "languages", autumn) == [
        ("en", 3, 0, 0.0),
        ("(unknown)", 1, 1, 100.0),
        ("de", 1, 0, 0.0),
    ]
    assert rows(engine, "languages")[0] == ("en", 3, 0, 0.0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_unknown_names_are_told_what_there_is(engine: Engine) -> None:
    listed = "'sentiment-by-day'.*answers, asks, corrected-shares"
    with pytest.raises(UnknownReportError, match=listed):
        find_report("sentiment-by-dya")
    with reading(engine) as connection, pytest.raises(UnknownRunError, match="no runs yet"):
        find_run(connection, "autumn")
    autumn, _ = seed(engine)
    with reading(engine) as connection:
        assert find_run(connection, "autumn") == autumn
        with pytest.raises(UnknownRunError, match="did you mean 'autumn'.*there are again, autumn"):
            find_run(connection, "autum")


#: Reports on documents; the others are on runs, jobs and models.
ON_DOCUMENTS = (
    *("answers", "entities-in-negative", "languages", "least-certain", "longest-complaints"),
    *("sentiment-by-day", "sentiment-by-language", "sentiment-by-model", "sentiment-by-product"),
    *("sentiment-by-source", "sentiment-without-copies", "summaries-and-translations"),
)


@pytest.mark.parametrize("column", ["replaced_at", "gone_at"])
def test_only_current_documents_are_in_reports(engine: Engine, column: str) -> None:
    autumn, _ = seed(engine)
    before = {name: (rows(engine, name), rows(engine, name, autumn)) for name in ON_DOCUMENTS}
    assert all(of_all and of_one for of_all, of_one in before.values())
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).values({column: now()}))
    assert {name: rows(engine, name) for name in ON_DOCUMENTS} == dict.fromkeys(ON_DOCUMENTS, [])
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).values({column: None}))
    for name, (of_all, of_one) in before.items():
        assert (rows(engine, name), rows(engine, name, autumn)) == (of_all, of_one)
