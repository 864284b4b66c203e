from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producer.ingest.language import read_language
from producer.ingest.readers.row import Reject, Row
from producer.ingest.validation.columns import Columns
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.timestamps import TimestampParser
from producer.ingest.validation.validator import RowValidator

COLUMNS = Columns("text", "id", "time", "language", "product", "source")


def look(fields: dict[str, Any], line: int = 7, place: str = "a.jsonl") -> Feedback | Reject:
    validation = RowValidator("a.jsonl", place, COLUMNS, "shop", 1000, TimestampParser([]))
    return validation.look(Row(line, fields))


def good(fields: dict[str, Any], line: int = 7, place: str = "a.jsonl") -> Feedback:
    looked = look(fields, line, place)
    assert isinstance(looked, Feedback), looked
    return looked


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
        ({"text": "a", "time": "soon"}, "unreadable time 'soon' in column 'time'"),
    ],
)
def test_a_bad_row_has_a_reason(fields: dict[str, Any], reason: str) -> None:
    rejected = look(fields)
    assert isinstance(rejected, Reject)
    assert reason in rejected.reason
    assert (rejected.file, rejected.line, rejected.row) == ("a.jsonl", 7, fields)
    assert json.loads(rejected.as_json())["line"] == 7


def test_deep_nesting_is_rejected() -> None:
    for levels, fits in ((99, True), (100, False), (5000, False)):
        value: Any = 1
        for _ in range(levels):
            value = [value]
        assert isinstance(look({"text": "a", "x": value}), Feedback) is fits
        assert isinstance(look({"text": "a", "x": value, "y": float("nan")}), Feedback) is fits


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


@pytest.mark.parametrize(
    ("written", "code"),
    [("en", "en"), ("EN_us", "en"), ("de-AT", "de"), ("deu", "de"), ("German", "de"),
     ("français", "fr"), ("xx", None), ("english?", "en"), ("klingon", None), ("", None),
     (5, None)],
)  # fmt: skip
def test_languages(written: object, code: str | None) -> None:
    assert read_language(written) == code


def test_an_odd_language_is_kept_as_metadata() -> None:
    one = good({"text": "a", "language": "Klingon"})
    assert one.language is None
    assert json.loads(one.metadata) == {"language": "Klingon"}


def test_identity_is_source_and_id() -> None:
    one = good({"text": "a", "id": "1"})
    assert one.identity == good({"text": "b", "id": "1", "x": 2}, 9, "b.csv").identity
    assert one.identity != good({"text": "a", "id": "2"}).identity
    assert one.identity != good({"text": "a", "id": "1", "source": "other"}).identity
    ab, a_b = {"id": "ab", "source": "c"}, {"id": "b", "source": "ca"}
    assert good({"text": "x"} | ab).identity != good({"text": "x"} | a_b).identity
    assert one.text_hash == good({"text": "a", "id": "3"}).text_hash
    assert len(one.identity) == len(one.text_hash) == 32


def test_identity_without_id_is_content_and_position() -> None:
    row = {"text": "a", "stars": 5}
    one = good(row)
    assert one.identity == good(dict(row)).identity
    others = [good(row, 8), good(row, 7, "b.csv"), good(row | {"text": "b"}),
              good(row | {"stars": 4}), good(row | {"source": "x"}),
              good(row | {"time": "2026-10-05"}), good(row | {"id": "7"})]  # fmt: skip
    assert one.identity not in {other.identity for other in others}


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
    looked = look(fields)
    if isinstance(looked, Reject):
        json.loads(looked.as_json().encode())
    else:
        for value in (looked.text, looked.metadata, looked.source, looked.product or ""):
            assert "\0" not in value
            value.encode()
        json.loads(looked.metadata, parse_constant=pytest.fail)
