"""Filters: which documents a search looks at, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, update

from schema.database import reading, writing
from schema.search.filters import SearchFilters, select_documents
from schema.tables import DocumentRow
from tests.support.feedback import add_document, add_result, add_run, add_to_run
from tests.support.two_runs import seed


def selected(engine: Engine, ids: list[int], **filters: object) -> set[int]:
    """The places of those that are looked at."""
    with reading(engine) as connection:
        selection = select_documents(connection, SearchFilters(**filters))  # type: ignore[arg-type]
    return {place for place, document_id in enumerate(ids) if document_id in selection}


@pytest.fixture
def ids(engine: Engine) -> list[int]:
    sentiment = {"label": "x", "score": 0.9}
    with writing(engine) as connection:
        first, second = (add_run(connection, name) for name in ("first", "second"))
        documents = [
            add_document(connection, 0, "a", "2026-11-01T23:59:59+00:00", product="Coat"),
            add_document(connection, 1, "b", "2026-11-02T00:00:00+00:00", product="Coat"),
            add_document(connection, 2, "c", "2026-11-03T12:00:00+00:00", product="Shoe"),
            add_document(connection, 3, "old", replaced_at=datetime.now(UTC)),
            add_document(connection, 4, "gone", gone_at=datetime.now(UTC)),
        ]
        add_to_run(connection, first, documents)
        add_to_run(connection, second, documents[1:2])
        for run, document, polarity, unsure in (
            (first, documents[0], "negative", False),
            (first, documents[1], "negative", False),
            (second, documents[1], "positive", False),
            (first, documents[2], "negative", True),
        ):
            given = sentiment | {"polarity": polarity, "unsure": unsure}
            add_result(connection, "sentiment", run, document, **given)
    return documents


def test_without_filters_what_is_current(engine: Engine, ids: list[int]) -> None:
    assert selected(engine, ids) == {0, 1, 2}
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).values(gone_at=None))
    assert selected(engine, ids) == {0, 1, 2, 4}


def test_each_filter(engine: Engine, ids: list[int]) -> None:
    day = datetime(2026, 11, 2, tzinfo=UTC)
    assert selected(engine, ids, product="Coat") == {0, 1}
    assert selected(engine, ids, since=day) == {1, 2}
    assert selected(engine, ids, until=day) == {0}
    assert selected(engine, ids, run_id=2) == {1}
    assert selected(engine, ids, product="Coat", since=day) == {1}
    assert selected(engine, ids, product="none") == set()


def test_the_newest_sure_sentiment_counts_or_that_of_the_run(
    engine: Engine, ids: list[int]
) -> None:
    assert selected(engine, ids, polarity="negative") == {0}
    assert selected(engine, ids, polarity="positive") == {1}
    assert selected(engine, ids, polarity="negative", run_id=1) == {0, 1}


def test_only_documents_of_a_theme_or_of_what_is_part_of_it(engine: Engine) -> None:
    seed(engine)
    places = [1, 2, 3, 4, 5]
    assert selected(engine, places, theme_id=1, theme_set_id=1) == {0, 1}
    assert selected(engine, places, theme_id=2, theme_set_id=1) == {1}
    assert selected(engine, places, theme_id=4, theme_set_id=1) == {1}
    assert selected(engine, places, theme_id=1, theme_set_id=1, run_id=2, product="Kettle") == {
        0,
        1,
    }
    assert selected(engine, places, theme_id=9, theme_set_id=1) == set()
