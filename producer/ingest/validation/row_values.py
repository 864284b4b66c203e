"""What a row says beside its text: id, source, product, language, time, rating, title."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from producer.ingest.columns.choice import Columns
from producer.ingest.columns.nested_fields import get_field
from producer.ingest.escaping import shown
from producer.ingest.ratings.rating_parser import Rating
from producer.ingest.readers.row import Row
from producer.ingest.texts.empty_texts import is_blank, is_empty_text
from producer.ingest.texts.html_text import html_to_text
from producer.ingest.texts.missing_values import is_missing
from producer.ingest.times.written_times import DayOrderError
from producer.ingest.validation.row_context import RowContext, ValueNotes, ValueParsers
from schema.languages import read_language


class RowFacts(NamedTuple):
    """What a row says of its text."""

    source: str
    external_id: str | None
    product: str | None
    time: datetime | None
    #: The same without the column with the time of day, which was not looked for at first.
    day: datetime | None
    language: str | None


class RowValues:
    """Reads what rows of one input say beside their texts.

    Args:
        context: The input.
        columns: What its columns hold.
        parsers: What reads their values.
        notes: Counts what cannot be read.
    """

    def __init__(
        self, context: RowContext, columns: Columns, parsers: ValueParsers, notes: ValueNotes
    ) -> None:
        self._context = context
        self._columns = columns
        self._parsers = parsers
        self._notes = notes

    def facts(self, row: Row, extra: dict[str, Any]) -> RowFacts:
        """Read the columns that have a meaning.

        Args:
            row: The row.
            extra: Its metadata, which get what cannot be read, as it is written.

        Raises:
            ValueError: If the row has to be rejected; the message is the reason.
        """
        time, day = self._time(row, extra)
        return RowFacts(
            short_value(self._columns.source, row.fields) or self._context.source,
            short_value(self._columns.id, row.fields),
            self._product(row.fields, extra),
            time,
            day,
            self._language(row.fields, extra),
        )

    def title(self, fields: dict[str, Any]) -> str | None:
        """The title; None where it says nothing."""
        if self._columns.title is None:
            return None
        title = read_title(get_field(fields, self._columns.title))
        if title is not None and self._parsers.texts.html:
            title = html_to_text(title).strip()
        return title

    def rating(self, fields: dict[str, Any]) -> Rating | None:
        """The rating; None where there is none, or none that can be read."""
        if self._columns.rating is None:
            return None
        value = get_field(fields, self._columns.rating)
        rating = self._parsers.ratings.read(value)
        if rating is None and not is_blank(value):
            self._notes.unread_ratings += 1
        return rating

    def _product(self, fields: dict[str, Any], extra: dict[str, Any]) -> str | None:
        """The product; an object or a list is left to the metadata."""
        column = self._columns.product
        if column is None:
            return None
        value = get_field(fields, column)
        if isinstance(value, dict | list | tuple):
            extra[column] = value
            return None
        return short_value(column, fields)

    def _language(self, fields: dict[str, Any], extra: dict[str, Any]) -> str | None:
        column = self._columns.language
        if column is None or not (said := get_field(fields, column)):
            return None
        language = read_language(said)
        if language is None:
            extra[column] = said
        return language

    def _time(self, row: Row, extra: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
        """The time, and the day alone; one that cannot be read is left to the metadata."""
        columns, times = self._columns, self._parsers.times
        if columns.time is None:
            return None, None
        value = get_field(row.fields, columns.time)
        clock = get_field(row.fields, columns.clock) if columns.clock else None
        try:
            time = times.read(value, clock)
            return time, times.read(value) if columns.clock else time
        except (ValueError, OverflowError) as error:
            self._notes.unread_times += 1
            self._notes.unread_line = self._notes.unread_line or row.line
            self._notes.ambiguous_times += isinstance(error, DayOrderError)
        extra[columns.time] = value
        if columns.clock:
            extra[columns.clock] = clock
        return None, None


def short_value(column: str | None, fields: dict[str, Any]) -> str | None:
    """An id, a product, a source: a string or a number, None when missing.

    Raises:
        ValueError: If it is something else; the message is the reason to reject the row.
    """
    return None if column is None else read_short(column, get_field(fields, column))


def read_short(column: str, value: Any) -> str | None:
    """As `short_value`, of the column's value."""
    if value is None:
        return None
    if type(value) is not str:
        value = _as_string(column, value)
    if is_missing(value):
        return None
    if "\0" in value:
        raise ValueError(f"{named(column)} contains NUL")
    return str(value).strip()


def read_title(value: Any) -> str | None:
    """A title as it is written; None where it says nothing."""
    if not isinstance(value, str) or is_empty_text(value) or "\0" in value:
        return None
    return value.strip()


def _as_string(column: str, value: Any) -> str:
    # Not `value // 1`: a decimal of more than 28 digits has no such quotient.
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return f"{value:.0f}"
    if isinstance(value, int | float | Decimal | UUID) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise ValueError(f"{named(column)} holds neither text nor a number")


def named(column: str) -> str:
    """A column as a reason names it."""
    return f"column '{shown(column)}'"
