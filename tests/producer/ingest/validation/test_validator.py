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

from producer.ingest.columns.choice import ColumnPlan, Columns
from producer.ingest.ratings.rating_parser import RatingParser
from producer.ingest.readers.row import Reject, Row
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.ingest.times.timestamp_parser import TimestampParser
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.row_context import RowContext, ValueParsers
from producer.ingest.validation.validator import RowValidator

DAY = datetime(2026, 10, 5, tzinfo=UTC)
COLUMNS = Columns("text", "id", "time", "language", "product", "source")


def validator(
    columns: Columns = COLUMNS,
    identity: Columns | None = None,
    place: str = "a.jsonl",
    texts: TextCleaner | None = None,
) -> RowValidator:
    context = RowContext("a.jsonl", place, "shop", 1000)
    parsers = ValueParsers(
        TimestampParser([]), RatingParser("stars", ["5"]), texts or TextCleaner()
    )
    return RowValidator(context, ColumnPlan(columns, (), identity or columns), parsers)


def validate(fields: dict[str, Any], line: int = 7, place: str = "a.jsonl") -> Feedback | Reject:
    (validated,) = validator(place=place).validate(Row(line, fields))
    return validated


def good(fields: dict[str, Any], line: int = 7, place: str = "a.jsonl") -> Feedback:
    validated = validate(fields, line, place)
    assert isinstance(validated, Feedback), validated
    return validated


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


RATED = replace(COLUMNS, rating="stars", title="title")


def documents(fields: dict[str, Any], **asked: Any) -> list[Feedback]:
    found = validator(**asked).validate(Row(7, fields))
    assert all(isinstance(one, Feedback) for one in found), found
    return [one for one in found if isinstance(one, Feedback)]


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


@pytest.mark.parametrize(
    ("title", "text", "stored"),
    [
        (" Broken ", "It leaks", "Broken\n\nIt leaks"),
        ("It leaks", "It leaks a lot", "It leaks a lot"),
        ("N/A", "It leaks", "It leaks"),
        (None, "It leaks", "It leaks"),
        (5, "It leaks", "It leaks"),
    ],
)
def test_a_title_goes_before_the_text(title: object, text: str, stored: str) -> None:
    (one,) = documents({"text": text, "title": title}, columns=RATED)
    assert one.text == stored
    said = title.strip() if isinstance(title, str) and title != "N/A" else None
    assert one.title == said
    assert json.loads(one.metadata) == {"title": title}
    # A document that was stored without its title is the same one.
    (bare,) = documents({"text": text, "title": title})
    assert (one.identity, one.text_hash) == (bare.identity, bare.text_hash)


def test_a_title_alone_is_no_text() -> None:
    (one,) = validator(RATED).validate(Row(1, {"text": "-", "title": "Broken"}))
    assert isinstance(one, Reject)
    assert one.reason.startswith("empty: ")


def test_the_limit_is_of_the_text_with_its_title() -> None:
    (one,) = validator(RATED).validate(Row(1, {"text": "x" * 990, "title": "y" * 20}))
    assert isinstance(one, Reject)
    assert "text of 1012 characters" in one.reason


SEVERAL = replace(COLUMNS, text="pros", more_texts=("cons",))


def test_each_answer_is_a_document() -> None:
    fields = {"id": 1, "pros": "Kind", "cons": "Slow", "x": 2}
    first, second = documents(fields, columns=SEVERAL)
    assert (first.text, first.question, first.external_id) == ("Kind", "pros", "1:pros")
    assert (second.text, second.question, second.external_id) == ("Slow", "cons", "1:cons")
    assert first.identity != second.identity
    # The row's own id and no other answer.
    assert json.loads(second.metadata) == {"id": 1, "x": 2}
    ids = {one.identity for one in documents(fields | {"id": None}, columns=SEVERAL)}
    assert len(ids) == 2


def test_an_answer_that_is_missing_is_no_reject_unless_all_are() -> None:
    (one,) = documents({"id": 1, "pros": "k.A.", "cons": "Slow"}, columns=SEVERAL)
    assert (one.text, one.question) == ("Slow", "cons")
    (none,) = validator(SEVERAL).validate(Row(1, {"id": 1, "pros": "", "cons": None}))
    assert isinstance(none, Reject)
    assert none.reason == "empty: no text in column 'pros'"


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


def test_an_object_as_a_product_is_metadata() -> None:
    (one,) = documents({"text": "a", "product": {"name": "Jug"}})
    assert one.product is None
    assert json.loads(one.metadata) == {"product": {"name": "Jug"}}


def test_a_nested_text() -> None:
    columns = replace(COLUMNS, text="review.body")
    (one,) = documents({"id": 1, "review": {"body": "It leaks", "n": 2}}, columns=columns)
    assert one.text == "It leaks"


def test_quoted_mail_goes_to_the_metadata() -> None:
    texts = TextCleaner(html=True, replies=True)
    mail = "It <b>leaks</b><br>-- <br>Ray"
    validation = validator(texts=texts)
    (one,) = validation.validate(Row(7, {"text": mail, "quoted_text": "x"}))
    assert isinstance(one, Feedback)
    assert one.text == "It leaks"
    assert json.loads(one.metadata) == {"quoted_text": "x", "quoted_text_": "--\nRay"}
    assert validation.notes.stripped == 1
    (whole,) = documents({"text": mail, "quoted_text": "x"})
    # The same feedback, with another text.
    assert whole.identity == one.identity
    assert whole.text_hash != one.text_hash
    (empty,) = validator(texts=texts).validate(Row(1, {"text": "<p>&nbsp;</p>"}))
    assert isinstance(empty, Reject)
    assert empty.reason.startswith("empty: ")


def test_what_is_found_by_further_names_does_not_make_another_document() -> None:
    """A row without an id keeps the identity that it had before a column was found."""
    fields = {"text": "a", "Datum": "2026-10-05", "asin": "B1", "Sprache": "de", "n": 1}
    before = Columns("text", None, None, None, None, None)
    found = replace(before, time="Datum", product="asin", language="Sprache")
    (old,) = documents(fields, columns=before)
    (new,) = documents(fields, columns=found, identity=before)
    assert (new.time, new.product, new.language) == (DAY, "B1", "de")
    assert json.loads(new.metadata) == {"n": 1}
    assert new.identity == old.identity
