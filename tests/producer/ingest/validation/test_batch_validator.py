"""Looking into rows by column comes to the same as looking into them one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producer.ingest.columns.choice import ColumnPlan, Columns
from producer.ingest.errors import InputError
from producer.ingest.ratings.rating_parser import RatingParser
from producer.ingest.readers.row import Reject, Row
from producer.ingest.texts.text_cleaner import TextCleaner
from producer.ingest.times.timestamp_parser import DayOrder, TimestampParser
from producer.ingest.times.written_times import DAY_FIRST
from producer.ingest.validation.batch_validator import BATCH_ROWS, BatchValidator
from producer.ingest.validation.feedback import Feedback
from producer.ingest.validation.row_context import RowContext, ValueParsers
from producer.ingest.validation.validator import RowValidator

COLUMNS = Columns(
    "text", "id", "time", "language", "product", "source", rating="stars", title="title"
)
PLANS = {
    "all": COLUMNS,
    "no id": replace(COLUMNS, id=None),
    "the text alone": Columns("text", None, None, None, None, None),
    "nested": replace(COLUMNS, product="about.product", text="about.text"),
    "several answers": replace(COLUMNS, more_texts=("title",), title=None),
    "a clock": replace(COLUMNS, clock="title", title=None),
}
VALUES = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        ["Great tea", "Great\ntea", "N/A", "a\0b", "x" * 1200, "\ud83d", "\udcff", " 5 ", "nan"]
        + ["2026-10-05", "2026-10-05T10:11:12.5+02:00", "13/05/2026", "05/13/2026", "0001-01-01"]
        + ["0001-01-01T00:00:00+14:00", "1769904000", "3 Okt 2026", "soon", "4/5", "★★★", "80 %"]
        + ["de-AT", "German", "xx", "\x7f", '"\\', "\u2028", "ß"]
    ),
    st.integers(-5, 2_000_000_000),
    st.sampled_from([True, 4.0, 4.5, float("nan"), float("inf"), Decimal("4.5"), Decimal("sNaN")]),
    st.sampled_from([b"tea", b"\xff", [], {"a": [1]}, ["x", {"b": "\0"}], datetime(2026, 1, 2)]),
)
NAMES = ("text", "id", "time", "language", "product", "source", "stars", "title", "more", "ü")
FIELDS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=10).flatmap(
    lambda fields: st.fixed_dictionaries(
        {"text": st.one_of(st.just("Great tea"), VALUES)}, optional={"about": st.just(fields)}
    ).map(lambda more: fields | more)
)
#: Most rows of an export are plain.
PLAIN = st.fixed_dictionaries(
    {
        "text": st.sampled_from(["Great tea", "Too late ☕", "ok"]),
        "id": st.integers(0, 99).map(str),
        "time": st.sampled_from(["2026-10-05", "2026-10-05T10:11:12Z", ""]),
        "language": st.sampled_from(["en", "de-AT", ""]),
        "product": st.sampled_from(["Kettle", "Cup", ""]),
        "stars": st.sampled_from(["4", "5", ""]),
        "title": st.sampled_from(["Hm", ""]),
        "ü": st.text(max_size=5),
    }
)
ROWS = st.lists(st.one_of(PLAIN, FIELDS), min_size=1, max_size=12)


def parsers(cleaner: TextCleaner | None = None) -> ValueParsers:
    return ValueParsers(
        TimestampParser([], DayOrder(DAY_FIRST), guess=False),
        RatingParser("stars", ["5"]),
        cleaner or TextCleaner(),
    )


def context(*known_by: str) -> RowContext:
    return RowContext("a.jsonl", "a.jsonl", "shop", 1000, known_by)


def seen(contents: list[Feedback | Reject], notes: Any, values: ValueParsers) -> Any:
    """All that can be seen of it, hashes included, NaN as its name."""
    hashes = [
        (one.content_hash, one.metadata_hash, one.time_written)
        for one in contents
        if isinstance(one, Feedback)
    ]
    told = [repr(asdict(one) | {"metadata_digest": None}) for one in contents]
    kept = [one.replace("_content_hash=", "") for one in told]
    return kept, hashes, notes.lines(), values.times.contradictions


def by_row(rows: list[Row | Reject], plan: ColumnPlan, where: RowContext) -> Any:
    values = parsers()
    validator = RowValidator(where, plan, values)
    contents = [one for row in rows for one in validator.validate(row)]
    return seen(contents, validator.notes, values)


def by_column(rows: list[Row | Reject], plan: ColumnPlan, where: RowContext) -> Any:
    values = parsers()
    validator = BatchValidator(where, plan, values)
    contents = list(validator.validate(rows))
    return seen(contents, validator.notes, values)


def outcome(look: Any, *arguments: Any) -> Any:
    """What it gives, or the kind of what it raises."""
    try:
        return look(*arguments)
    except ArithmeticError as error:
        return type(error)


@pytest.mark.parametrize("name", PLANS)
@given(fields=ROWS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_it_comes_to_the_same(name: str, fields: list[dict[str, Any]]) -> None:
    rows: list[Row | Reject] = [Row(line, one) for line, one in enumerate(fields, 2)]
    rows.insert(len(rows) // 2, Reject("a.jsonl", 99, "broken", "x"))
    plan = ColumnPlan(PLANS[name], (), Columns("text", "id", "time", None, "product", None))
    assert outcome(by_column, rows, plan, context()) == outcome(by_row, rows, plan, context())


def plain(number: int) -> Row:
    return Row(number, {"text": f"Tea {number}", "id": str(number)}, 10)


def validator(plan: Columns = COLUMNS) -> BatchValidator:
    return BatchValidator(context(), ColumnPlan(plan, (), plan), parsers())


def test_no_more_rows_are_looked_into_than_are_wanted() -> None:
    read: list[int] = []

    def rows() -> Iterator[Row]:
        for number in range(10):
            read.append(number)
            yield plain(number)

    assert len(list(validator().validate(rows(), 3))) == 3
    assert read == [0, 1, 2]


@pytest.mark.parametrize("number", [3, BATCH_ROWS, BATCH_ROWS + 3])
def test_what_breaks_off_the_reading_comes_behind_the_rows(number: int) -> None:
    def rows() -> Iterator[Row]:
        yield from map(plain, range(number))
        raise InputError("cut off")

    contents: list[Any] = []
    with pytest.raises(InputError, match="cut off"):
        contents.extend(validator().validate(rows()))
    # `extend` keeps what came before.
    assert [one.external_id for one in contents] == [str(one) for one in range(number)]


def test_long_rows_are_not_gathered() -> None:
    read: list[int] = []

    def rows() -> Iterator[Row]:
        for number in range(20):
            read.append(number)
            yield Row(number, {"text": "x" * 400_000, "id": str(number)})

    next(validator(replace(COLUMNS, title=None)).validate(rows()))
    assert read == [0, 1, 2]


def test_a_time_that_is_read_again_is_the_same() -> None:
    rows = [Row(line, {"text": "Tea", "id": str(line), "time": "5.10.2026"}) for line in (1, 2)]
    times = {one.time for one in validator().validate(rows) if isinstance(one, Feedback)}
    assert times == {datetime(2026, 10, 5, tzinfo=UTC)}
