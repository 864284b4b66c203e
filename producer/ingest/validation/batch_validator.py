"""Looking into many rows at once, column by column, which takes a third of the time.

Only plain rows are: of which every value can be taken as it is, with nothing to be said, counted or
kept beside it. All others, and all rows of inputs with several answers, an identity by content, a
column of clocks or texts that are cleaned, go to `RowValidator`, in the order of the input: what
becomes of a row is the same on either way, which tests hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from producer.ingest.columns.choice import ColumnPlan
from producer.ingest.columns.nested_fields import get_field
from producer.ingest.ratings.rating_parser import Rating
from producer.ingest.readers.row import Reject, Row
from producer.ingest.texts.empty_texts import is_blank, is_empty_text
from producer.ingest.validation.feedback import Feedback, digest_of, hash_sorted_metadata
from producer.ingest.validation.plain_columns import NOT_PLAIN, MetadataColumns, PlainColumn
from producer.ingest.validation.plain_times import PlainTimes
from producer.ingest.validation.row_context import RowContext, ValueParsers
from producer.ingest.validation.row_values import RowFacts, read_short, read_title
from producer.ingest.validation.validator import RowValidator
from schema.languages import read_language

#: Rows that are looked into at once, …
BATCH_ROWS = 500
#: … and characters after which they are enough.
BATCH_CHARACTERS = 1_000_000


class _PlainValues(NamedTuple):
    """What a row has in its columns, but for its time."""

    text: str
    external_id: str | None
    product: str | None
    language: str | None
    rating: Rating | None
    title: str | None
    source: str


class BatchValidator:
    """Looks into the rows of one input.

    Args:
        context: The input.
        plan: What its columns hold.
        parsers: What reads their values.

    Attributes:
        notes: What was passed over.
    """

    def __init__(self, context: RowContext, plan: ColumnPlan, parsers: ValueParsers) -> None:
        self._context = context
        self._rows = RowValidator(context, plan, parsers)
        self.notes = self._rows.notes
        columns = plan.columns
        self._by_column = not (
            columns.more_texts
            or columns.clock
            or context.known_by
            or parsers.texts.html
            or parsers.texts.replies
        )
        self._columns = _plain_columns(context, plan, parsers)
        self._time = columns.time
        self._times = PlainTimes(parsers.times)
        self._metadata = MetadataColumns(columns.used())

    def validate(
        self, rows: Iterable[Row | Reject], limit: int | None = None
    ) -> Iterator[Feedback | Reject]:
        """What becomes of rows, in order.

        Args:
            rows: The rows.
            limit: How many documents and rejects are wanted at the most, so that no more rows are
                looked into; None for all.
        """
        if not self._by_column:
            for row in rows:
                yield from self._rows.validate(row)
            return
        batches = _batches(iter(rows) if limit is None else islice(rows, limit))
        yield from chain.from_iterable(map(self._validated, batches))

    def _validated(self, batch: Sequence[Row | Reject]) -> list[Feedback | Reject]:
        fields = [row.fields if isinstance(row, Row) else {} for row in batch]
        special: set[int] = set()
        columns = [
            [default] * len(batch) if column is None else column.values(fields, special)
            for column, default in self._columns
        ]
        contents: list[Feedback | Reject] = []
        for index, (row, plain) in enumerate(zip(batch, map(_PlainValues, *columns), strict=True)):
            if index not in special and isinstance(row, Row):
                try:
                    contents.append(self._feedback(row, plain))
                    continue
                except NOT_PLAIN:
                    pass
            contents += self._rows.validate(row)
        return contents

    def _feedback(self, row: Row, plain: _PlainValues) -> Feedback:
        """The document of a row.

        Raises:
            ValueError: Or another of `NOT_PLAIN`, if it is not plain after all.
        """
        written, external_id, product, language, rating, title, source = plain
        text = self._rows.titled(title, written)
        metadata, in_order = self._metadata.read(row.fields)
        # All hashes also make sure that everything can be encoded.
        f"{metadata}{product}{external_id}{title}".encode()
        text_hash = digest_of(written)
        # It comes last: a form that is new is learned, once for each row.
        time = None if self._time is None else self._times.read(get_field(row.fields, self._time))
        if external_id is not None:
            identity = digest_of(f"id\0{source}\0{external_id}")
        else:
            about = RowFacts(source, None, product, time, time, language)
            identity = self._rows.identify(row, about, written, metadata, ())
        scale = rating.scale if rating else None
        return Feedback(
            row,
            self._context.file,
            identity,
            source,
            external_id,
            text_hash,
            text,
            time,
            language,
            product,
            metadata,
            rating.value if rating else None,
            scale,
            title,
            None,
            None if in_order is None else hash_sorted_metadata(product, in_order, scale),
        )


def _plain_columns(
    context: RowContext, plan: ColumnPlan, parsers: ValueParsers
) -> list[tuple[PlainColumn | None, Any]]:
    """The columns of `_PlainValues`, each with what a row has where there is none."""
    columns = plan.columns

    def column(name: str | None, read: Any, *, keep: bool = True) -> PlainColumn | None:
        return None if name is None else PlainColumn(name, read, keep=keep)

    def rating(value: Any) -> Rating | None:
        found = parsers.ratings.read(value)
        if found is None and not is_blank(value):
            raise ValueError("no rating")
        return found

    def product(value: Any) -> str | None:
        if isinstance(value, dict | list | tuple):
            raise ValueError("no product")
        return read_short("", value)

    return [
        (PlainColumn(columns.text, _text, keep=False), None),
        (column(columns.id, lambda value: read_short("", value), keep=False), None),
        (column(columns.product, product), None),
        (column(columns.language, _language), None),
        (column(columns.rating, rating), None),
        (column(columns.title, read_title, keep=False), None),
        (
            column(columns.source, lambda value: read_short("", value) or context.source),
            context.source,
        ),
    ]


def _text(value: Any) -> str:
    if type(value) is not str or "\0" in value or is_empty_text(value):
        raise ValueError("no text")
    return value


def _language(value: Any) -> str | None:
    if not value:
        return None
    if (language := read_language(value)) is None:
        raise ValueError("no language")
    return language


def _batches(rows: Iterator[Row | Reject]) -> Iterator[list[Row | Reject]]:
    """Rows in lists; what breaks off the reading comes behind the rows that were read."""
    error: Exception | None = None
    while error is None:
        batch: list[Row | Reject] = []
        characters = 0
        try:
            for row in islice(rows, BATCH_ROWS):
                batch.append(row)
                characters += row.characters or _length(row)
                if characters >= BATCH_CHARACTERS:
                    break
        except Exception as raised:
            error = raised
        if batch:
            yield batch
        elif error is None:
            return
    raise error


def _length(row: Row | Reject) -> int:
    """Characters of a row that nobody has counted."""
    values = row.fields.values() if isinstance(row, Row) else ()
    return sum(len(value) for value in values if isinstance(value, str | bytes))
