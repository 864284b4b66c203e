"""Which models made the figures: the same of some documents, however these are read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine

from schema.database import reading, writing
from schema.questions.model_use import ModelUse, read_models
from schema.questions.scope import Scope
from schema.reports import Condition, Period
from tests.support.feedback import add_document, add_model, add_result, add_run, add_to_run

SOCKS = Scope(where=(Condition("d.product = :product", {"product": "Sock"}),))
LATE = Scope(period=Period(since=datetime(2026, 10, 3, tzinfo=UTC)))
#: Of which analysis, by which model, of which documents.
RESULTS = [
    ("sentiment", "stars", range(1, 9)),
    ("entities", "names", range(1, 9, 2)),
    ("qa", "answers", range(1, 5)),
    ("topic", "topics", range(1, 7)),
    ("area", "areas", range(3, 5)),
]


@pytest.fixture
def run(engine: Engine) -> int:
    """Eight documents, of which one in four is on socks, two a day from the first of October."""
    with writing(engine) as connection:
        run = add_run(connection, "autumn")
        documents = [
            add_document(
                connection,
                number,
                "A sock.",
                f"2026-10-{(number + 1) // 2:02}T10:00:00Z",
                product="Coat" if number % 4 else "Sock",
            )
            for number in range(1, 9)
        ]
        add_to_run(connection, run, documents)
        for analysis, name, of in RESULTS:
            add(connection, run, analysis, name, of)
    return run


def add(connection: Any, run: int, analysis: str, name: str, documents: Any) -> None:
    model = add_model(connection, run, analysis, name)
    own: dict[str, Any] = {
        "sentiment": {"label": "X", "polarity": "negative"},
        "entities": {"type": "ORG", "text": "Nimbus"},
        "qa": {"question": "Why?", "answer": "so"},
    }.get(analysis, {"label": analysis})
    for document in documents:
        add_result(connection, analysis, run, document, model_id=model, **own)
        if analysis in ("entities", "qa"):
            add_result(connection, analysis, run, document, model_id=model, ordinal=1, **own)


def models(engine: Engine, scope: Scope) -> dict[str, int]:
    with reading(engine) as connection:
        found = read_models(connection, scope)
    assert found == sorted(found, key=lambda one: (one.analysis, -one.documents))
    return {f"{one.analysis} {one.model}": one.documents for one in found}


@pytest.mark.parametrize("dense", [1, 1_000_000])
def test_each_document_counts_once(
    engine: Engine, run: int, monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    monkeypatch.setattr("schema.questions.number_rows._DENSE", dense)
    assert models(engine, Scope()) == {
        "area areas": 2,
        "entities names": 4,
        "qa answers": 4,
        "sentiment stars": 8,
        "topic topics": 6,
    }
    assert models(engine, Scope(run_id=run)) == models(engine, Scope())
    # What no document of the scope has is left out.
    assert models(engine, SOCKS) == {
        "area areas": 1,
        "qa answers": 1,
        "sentiment stars": 2,
        "topic topics": 1,
    }
    assert models(engine, LATE) == {"entities names": 2, "sentiment stars": 4, "topic topics": 2}


@pytest.mark.parametrize("dense", [1, 1_000_000])
def test_of_several_models_that_whose_run_counts(
    engine: Engine, run: int, monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    monkeypatch.setattr("schema.questions.number_rows._DENSE", dense)
    with writing(engine) as connection:
        again = add_run(connection, "again")
        add(connection, again, "sentiment", "newer", [5, 8])
        # The same model once more, of a document that has its result already.
        add(connection, again, "qa", "answers", [4])
    assert models(engine, SOCKS)["sentiment newer"] == 1
    assert models(engine, SOCKS)["sentiment stars"] == 1
    assert models(engine, SOCKS)["qa answers"] == 1
    late = models(engine, LATE)
    assert (late["sentiment newer"], late["sentiment stars"]) == (2, 2)


def test_of_nothing_there_are_none(engine: Engine, run: int) -> None:
    nobody = Scope(where=(Condition("d.product = :product", {"product": "Hat"}),))
    assert models(engine, nobody) == {}
    with reading(engine) as connection:
        (first, *_) = read_models(connection, Scope())
    assert first == ModelUse("area", "areas", "714eb0f", 2)
