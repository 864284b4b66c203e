"""The report `urgent`: who is looked at, who comes first, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from schema.database import reading, writing
from schema.reports import ReportOptions, find_report, run_report
from schema.reports.period import Period
from schema.reports.urgent import quote_of
from schema.tables import NearDuplicateRow
from schema.urgency import Hit
from tests.support.feedback import add_document, add_result, add_run, add_to_run

#: The text, its polarity, whether that is unsure, its stars, its intents, and its day in October.
FEEDBACK: list[tuple[str, str | None, bool, int | None, tuple[str, ...], int]] = [
    ("It caught fire, and nobody answers.", "negative", False, 1, ("complaint",), 5),
    ("I was charged twice.", "negative", False, None, (), 6),
    ("I was charged twice!", "negative", False, None, (), 7),
    ("The colour is off.", "negative", False, 1, ("complaint",), 7),
    ("My lawyer will call you.", "positive", False, 5, (), 7),
    ("That was it between us.", "neutral", False, None, ("churn_risk",), 7),
    ("Please close my account.", "negative", True, None, (), 1),
    ("It exploded.", "neutral", False, 2, (), 7),
    ("A data breach!", None, False, None, (), 7),
    ("It exploded, they say.", "neutral", False, None, (), 7),
]


@pytest.fixture
def run(engine: Engine) -> int:
    with writing(engine) as connection:
        run = add_run(connection, "autumn")
        documents = []
        for number, (text, polarity, unsure, stars, intents, day) in enumerate(FEEDBACK, start=1):
            rated = {} if stars is None else {"rating": stars, "rating_scale": 5}
            time = f"2026-10-{day:02}T10:00:00Z"
            document = add_document(connection, number, text, time, language="en", **rated)
            documents.append(document)
            if polarity is not None:
                row = {"label": "X", "polarity": polarity, "unsure": unsure}
                add_result(connection, "sentiment", run, document, **row)
            for ordinal, intent in enumerate(intents):
                row = {"ordinal": ordinal, "intent": intent}
                add_result(connection, "intent", run, document, **row)
        add_to_run(connection, run, documents)
    return run


def rows(engine: Engine, name: str = "urgent", **options: Any) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        found = run_report(connection, find_report(name), ReportOptions(**options))
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def test_the_most_urgent_come_first_with_reasons_and_quotes(engine: Engine, run: int) -> None:
    found = rows(engine)
    assert [(row["external_id"], row["urgency"]) for row in found] == [
        ("1", 12),  # 6 + 3 + 1 negative + 1 star + 1 complaint
        ("8", 6),
        ("3", 5),  # the newer of two copies
        ("9", 5),
        ("6", 3),
        ("7", 3),
    ]
    first = found[0]
    assert first["reasons"] == (
        "safety or injury; asked again and again without an answer; negative; lowest rating; "
        "complaint"
    )
    assert first["quotes"].split("\n") == [
        "safety 3-14: It caught fire, and nobody answers.",
        "repeated 20-34: It caught fire, and nobody answers.",
    ]
    assert [row["copies"] for row in found] == [1, 1, 2, 1, 1, 1]
    assert (found[4]["reasons"], found[4]["quotes"]) == ("leaves or cancels", None)


def test_only_so_many_of_a_run_and_of_a_time(engine: Engine, run: int) -> None:
    since = Period(since=datetime(2026, 10, 6, tzinfo=UTC))
    assert [row["external_id"] for row in rows(engine, period=since)] == ["8", "3", "9", "6"]
    assert [row["external_id"] for row in rows(engine, limit=2)] == ["1", "8"]
    assert [row["external_id"] for row in rows(engine, limit=2, run_id=run)] == ["1", "8"]
    assert [row["external_id"] for row in rows(engine, sort="urgency:asc", limit=1)] == ["6"]
    with writing(engine) as connection:
        other = add_run(connection, "other")
    assert rows(engine, run_id=other) == []


def test_groups_of_near_duplicates_are_one(engine: Engine, run: int) -> None:
    with writing(engine) as connection:
        connection.execute(
            insert(NearDuplicateRow),
            [{"document_id": one, "group_id": 1, "is_equal": False} for one in (1, 8)],
        )
    found = {row["external_id"]: row["copies"] for row in rows(engine)}
    assert found["1"] == 2 and "8" not in found


def test_many_are_read_and_few_are_kept(engine: Engine) -> None:
    with writing(engine) as connection:
        add_run(connection, "many")
        for number in range(300):
            text = f"Number {number} caught fire."
            add_document(
                connection, number, text, f"2026-10-01T{number // 60:02}:{number % 60:02}:00Z"
            )
    assert [row["external_id"] for row in rows(engine, limit=3)] == ["299", "298", "297"]
    assert len(rows(engine)) == 300


def test_a_quote_begins_and_ends_with_a_word() -> None:
    text = "word " * 30 + "caught fire" + " word" * 30
    quote = quote_of(text, Hit("safety", 150, 161))
    assert quote.startswith("safety 150-161: … word word") and quote.endswith("word word …")
    assert "caught fire" in quote and len(quote) < 160
    assert quote_of("caughtfire" * 30, Hit("safety", 100, 111)).startswith("safety 100-111: … ")


def test_however_many_are_read_at_once_the_same_is_listed(
    engine: Engine, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Restricted to what is all of them they are read at once: the same comes of it."""
    at_once = rows(engine, run_id=run)
    assert rows(engine) == at_once
    monkeypatch.setattr("schema.reports.urgent_candidates.NAMED", 2)
    monkeypatch.setattr("schema.reports.urgent.NAMED", 2)
    monkeypatch.setattr("schema.reports.urgent_candidates._TEXTS", 4)
    assert rows(engine) == at_once
    assert [row["external_id"] for row in rows(engine, limit=2)] == ["1", "8"]


def test_of_nothing_nothing_is_urgent(engine: Engine) -> None:
    assert rows(engine) == []
