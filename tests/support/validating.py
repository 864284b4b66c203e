"""Rows put through the validator, and what it makes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

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
RATED = replace(COLUMNS, rating="stars", title="title")


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


def documents(fields: dict[str, Any], **asked: Any) -> list[Feedback]:
    found = validator(**asked).validate(Row(7, fields))
    assert all(isinstance(one, Feedback) for one in found), found
    return [one for one in found if isinstance(one, Feedback)]
