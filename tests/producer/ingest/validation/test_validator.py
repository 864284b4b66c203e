"""A row becomes feedback or has a reason: ids, times, ratings, languages and metadata."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producer.ingest.readers.row import Reject, Row
from producer.ingest.validation.feedback import Feedback
from tests.support.validating import COLUMNS, DAY, RATED, documents, good, validate, validator


def test_a_row_becomes_feedback() -> None:
    fields = {"id": 5, "text": " Größe ", "time": "2026-10-05", "language": "de-AT",
              "product": "Kettle", "source": "chat", "stars": 4, "tags": ["a"]}  # fmt: skip
    one = good(fields)
    assert (one.external_id, one.text, one.language, one.product, one.source) == (
        "5",
        " Größe ",
        "de",
        "Kettle",
        "chat",
    )
    assert one.time == datetime(2026, 10, 5, tzinfo=UTC)
    assert json.loads(one.metadata) == {"stars": 4, "tags": ["a"]}
    bare = good({"text": "x", "id": " ", "time": None, "source": "nan", "product": "NULL"})
    assert (bare.external_id, bare.time, bare.language, bare.product, bare.source) == (
        *(None, None, None, None),
        "shop",
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "empty: no text in column 'text'"),
        ({"text": None}, "no text"),
        ({"text": float("nan")}, "no text"),
        ({"text": " \t\u200b\ufeff\n "}, "no text"),
        ({"text": "\u200b" * 9}, "no text"),
        ({"text": "nan"}, "empty: no text in column 'text' ('nan' says nothing)"),
        ({"text": " k.A."}, "empty: no text in column 'text' ('k.A.' says nothing)"),
        ({"text": 5}, "holds no text but int"),
        ({"text": ["x"]}, "holds no text but list"),
        ({"text": b"\xff"}, "broken encoding"),
        ({"text": "x" * 1001}, "text of 1001 characters, TRIAGE_TEXT_LIMIT is 1000"),
        ({"text": "a\0b"}, "NUL"),
        ({"text": "a\ud83d"}, "half a surrogate pair (U+D83D)"),
        ({"text": "a", "id": "x\udc00"}, "half a surrogate pair"),
        ({"text": "a", "id": "x", "product": "\ud800"}, "half a surrogate pair"),
        ({"text": "a", "id": "x", "y": ["\ud800"]}, "half a surrogate pair"),
        ({"text": "a", "id": "x\0"}, "column 'id' contains NUL"),
        ({"text": "a", "id": {"x": 1}}, "column 'id' holds neither text nor a number"),
        ({"text": "a", "id": True}, "column 'id' holds neither"),
        ({"text": "a", "x": {"y": ["\0"]}}, "contains NUL"),
        ({"text": "a", "x": {"\0": 1}}, "contains NUL"),
    ],
)
def test_a_bad_row_has_a_reason(fields: dict[str, Any], reason: str) -> None:
    rejected = validate(fields)
    assert isinstance(rejected, Reject)
    assert reason in rejected.reason
    assert (rejected.file, rejected.line, rejected.row) == ("a.jsonl", 7, fields)
    assert json.loads(rejected.as_json())["line"] == 7


def test_deep_nesting_is_rejected() -> None:
    for levels, fits in ((99, True), (100, False), (5000, False)):
        value: Any = 1
        for _ in range(levels):
            value = [value]
        assert isinstance(validate({"text": "a", "x": value}), Feedback) is fits
        assert isinstance(validate({"text": "a", "x": value, "y": float("nan")}), Feedback) is fits


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (float("inf"), None),
        ([1.5, float("nan")], [1.5, None]),
        ({"a": (float("nan"),)}, {"a": [None]}),
        (Decimal("1.50"), "1.50"),
        (datetime(2026, 10, 5, tzinfo=UTC), "2026-10-05T00:00:00+00:00"),
        (date(2026, 10, 5), "2026-10-05"),
        (b"\x00\xff", "00ff"),
        ("back\\u0000slash", "back\\u0000slash"),
    ],
)
def test_metadata_becomes_json(value: object, stored: object) -> None:
    assert json.loads(good({"text": "a", "x": value}).metadata) == {"x": stored}


@pytest.mark.parametrize(
    ("value", "stored"),
    [(5, "5"), (5.0, "5"), (Decimal("5.00"), "5"), (Decimal("7" * 35), "7" * 35),
     (5.5, "5.5"), ("05 ", "05"), (UUID(int=1), str(UUID(int=1))), (b"\x01", "01"),
     (float("nan"), None)],
)  # fmt: skip
def test_ids_are_strings(value: object, stored: str | None) -> None:
    assert good({"text": "a", "id": value}).external_id == stored


def test_an_odd_language_is_kept_as_metadata() -> None:
    one = good({"text": "a", "language": "Klingon"})
    assert one.language is None
    assert json.loads(one.metadata) == {"language": "Klingon"}


def test_an_object_as_a_product_is_metadata() -> None:
    (one,) = documents({"text": "a", "product": {"name": "Jug"}})
    assert one.product is None
    assert json.loads(one.metadata) == {"product": {"name": "Jug"}}


def test_a_rating_is_a_number_and_stays_in_the_metadata() -> None:
    for written, rating, scale in (("4/5", 4, 5), ("9/10", 9, 10), (2, 2, 5), ("", None, None)):
        (one,) = documents({"text": "a", "stars": written}, columns=RATED)
        assert (one.rating, one.rating_scale) == (rating, scale)
        assert json.loads(one.metadata) == {"stars": written}


def test_a_rating_that_cannot_be_read_is_counted_and_costs_no_row() -> None:
    validation = validator(RATED)
    for written in ("good", "5", "", None):
        (one,) = validation.validate(Row(1, {"text": "a", "stars": written}))
        assert isinstance(one, Feedback)
    assert validation.notes.unread_ratings == 1


def test_a_time_that_cannot_be_read_is_kept_as_written_and_counted() -> None:
    validation = validator()
    for line, written in enumerate(("2026-10-05", "soon", "03/04/2026", ""), 1):
        (one,) = validation.validate(Row(line, {"text": "a", "time": written}))
        assert isinstance(one, Feedback)
        unread = line in (2, 3)
        assert json.loads(one.metadata) == ({"time": written} if unread else {})
        assert (one.time is None) is (line > 1)
    notes = validation.notes
    assert (notes.unread_times, notes.unread_line, notes.ambiguous_times) == (2, 2, 1)
    said = notes.lines()
    assert "2 times cannot be read, the first in line 2" in said[0]
    assert "1 of them may be two dates" in said[1]


def test_a_clock_of_its_own_column() -> None:
    columns = replace(COLUMNS, time="day", clock="clock")
    (one,) = documents({"text": "a", "day": "2026-10-05", "clock": "15:03"}, columns=columns)
    assert one.time == datetime(2026, 10, 5, 15, 3, tzinfo=UTC)
    assert json.loads(one.metadata) == {}
    alone = replace(COLUMNS, time="day")
    (before,) = documents({"text": "a", "day": "2026-10-05", "clock": "15:03"}, columns=alone)
    (after,) = documents(
        {"text": "a", "day": "2026-10-05", "clock": "15:03"}, columns=columns, identity=alone
    )
    assert before.identity == after.identity
    assert before.time == DAY
    (unread,) = documents({"text": "a", "day": "soon", "clock": "15:03"}, columns=columns)
    assert json.loads(unread.metadata) == {"day": "soon", "clock": "15:03"}


# Drawing is slow where the machine is: that is no fault of the strategy.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    fields=st.dictionaries(
        st.sampled_from([*vars(COLUMNS), "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.binary() | st.dates()
            | st.text(st.characters(exclude_categories=[])),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=4,
        ),
    )
)  # fmt: skip
def test_any_row_is_good_or_rejected(fields: dict[str, Any]) -> None:
    validated = validate(fields)
    if isinstance(validated, Reject):
        json.loads(validated.as_json().encode())
    else:
        for value in (
            validated.text,
            validated.metadata,
            validated.source,
            validated.product or "",
        ):
            assert "\0" not in value
            value.encode()
        json.loads(validated.metadata, parse_constant=pytest.fail)
