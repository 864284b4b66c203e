"""Rows in the text format of PostgreSQL's COPY, in which numbers and plain texts cost nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from producer.ingest.errors import StorageError
from producer.ingest.validation.feedback import Feedback
from schema.database.errors import first_line

#: Columns of `document_versions` in the order of `feedback_line`.
COLUMNS = (
    *("source", "external_id", "identity", "text_hash", "text", "time", "language", "product"),
    *("metadata", "rating", "rating_scale", "title", "question", "content_hash", "metadata_hash"),
)
#: Rows that are sent together.
ROWS = 2_500

_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


class KnownDocumentError(Exception):
    """A document is there already. Raised by `copy_lines`, caught where new ones are stored."""


def feedback_line(one: Feedback) -> str:
    """A document, in the columns of `COLUMNS`, with a line end."""
    # All that is not made here; digests and numbers have nothing that has to be escaped.
    foreign: tuple[str | None, ...] = (
        one.source,
        one.external_id,
        one.text,
        one.language,
        one.product,
        one.metadata,
        one.title,
        one.question,
    )
    together = "".join(filter(None, foreign))
    if "\\" in together or "\n" in together or "\t" in together or "\r" in together:
        foreign = tuple(value and value.translate(_ESCAPES) for value in foreign)
    source, external_id, text, language, product, metadata, title, question = foreign
    return (
        f"{source}\t{_NULL if external_id is None else external_id}\t{one.identity}\t"
        f"{one.text_hash}\t{text}\t{one.time_written or _NULL}\t"
        f"{_NULL if language is None else language}\t{_NULL if product is None else product}\t"
        f"{metadata}\t{_NULL if one.rating is None else one.rating}\t"
        f"{_NULL if one.rating_scale is None else one.rating_scale}\t"
        f"{_NULL if title is None else title}\t{_NULL if question is None else question}\t"
        f"{one.content_hash}\t{one.metadata_hash}\n"
    )


def in_chunks(lines: Iterable[str]) -> Iterator[str]:
    """The lines, `ROWS` of them together."""
    rest = iter(lines)
    while chunk := "".join(islice(rest, ROWS)):
        yield chunk


def copy_lines(connection: Connection, statement: str, lines: Iterable[str]) -> None:
    """Copy lines into a table.

    Args:
        connection: A transaction.
        statement: `COPY … FROM STDIN`.
        lines: They, each with its end.

    Raises:
        KnownDocumentError: If a row is there already.
        StorageError: If the database breaks off the COPY.
    """
    driver: Any = connection.connection.driver_connection
    # SQLAlchemy wraps no error of what is done behind its back.
    errors: Any = connection.dialect.loaded_dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for chunk in in_chunks(lines):
                copy.write(chunk)
    except errors.Error as error:
        if isinstance(error, errors.errors.UniqueViolation):
            raise KnownDocumentError from None
        raise StorageError(
            f"the database failed: {first_line(error)}",
            retry=isinstance(error, errors.OperationalError),
        ) from None
