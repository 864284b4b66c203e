"""Looking into rows: each becomes `Feedback`, or a `Reject` with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from producer.ingest.escaping import shown
from producer.ingest.language import read_language
from producer.ingest.readers.row import Reject, Row
from producer.ingest.validation.columns import Columns
from producer.ingest.validation.feedback import Feedback, digest
from producer.ingest.validation.identity import identity_of_content
from producer.ingest.validation.metadata import encode_metadata
from producer.ingest.validation.missing_values import is_missing
from producer.ingest.validation.timestamps import TimestampParser


class RowValidator:
    """Looks into the rows of one input.

    Args:
        file: The input, as the user named it.
        place: Tells rows without an id apart from those of other inputs.
        columns: What its columns hold.
        source: The documents' source, unless a column says another.
        text_limit: Characters that a text may have.
        times: Reads the time column.
        identity_from: Roles and columns that make the identity, if the user says so.
    """

    def __init__(
        self,
        file: str,
        place: str,
        columns: Columns,
        source: str,
        text_limit: int,
        times: TimestampParser,
        identity_from: Sequence[str] = (),
    ) -> None:
        self._file = file
        self._place = place
        self._columns = columns
        self._source = source
        self._text_limit = text_limit
        self._times = times
        self._identity_from = identity_from
        self._taken = columns.taken()

    def look(self, row: Row | Reject) -> Feedback | Reject:
        """Look into one row."""
        if isinstance(row, Reject):
            return row
        try:
            return self._feedback(row)
        except UnicodeEncodeError as error:
            # Only JSON's \ud800 can bring one in; broken bytes have been found before.
            character = ord(error.object[error.start])
            reason = f"half a surrogate pair (U+{character:04X})"
        except ValueError as error:
            reason = str(error)
        except RecursionError:
            # Only a JSON column of another database can bring this in.
            reason = "fields are nested too deep"
        return Reject(self._file, row.line, reason, row.fields)

    def _feedback(self, row: Row) -> Feedback:
        columns, fields = self._columns, row.fields
        text = self._text(fields.get(columns.text))
        source = self._short(columns.source, fields) or self._source
        external_id = self._short(columns.id, fields)
        product = self._short(columns.product, fields)
        time = self._time(fields)
        extra = {name: fields[name] for name in fields if name not in self._taken}
        language = None
        if columns.language and (said := fields.get(columns.language)):
            language = read_language(said)
            if language is None:
                extra[columns.language] = said
        metadata = encode_metadata(extra)
        # Both hashes also make sure that everything can be encoded.
        text_hash = digest(text)
        if self._identity_from:
            roles = {"text": text, "time": time, "language": language, "product": product}
            identity = identity_of_content(source, self._identity_from, roles, fields)
            f"{metadata}{product}{external_id}".encode()
        elif external_id is not None:
            identity = digest("id", source, external_id)
            f"{metadata}{product}".encode()
        else:
            content = (str(time), str(language), str(product), metadata, text)
            identity = digest("row", source, self._place, str(row.line), *content)
        return Feedback(
            row,
            self._file,
            identity,
            source,
            external_id,
            text_hash,
            text,
            time,
            language,
            product,
            metadata,
        )

    def _text(self, value: Any) -> str:
        column = self._columns.text
        if isinstance(value, bytes):
            try:
                value = value.decode()
            except UnicodeDecodeError:
                raise ValueError("broken encoding: the text is not UTF-8") from None
        if value is None or value != value:
            raise ValueError(f"no text in {_named(column)}")
        if type(value) is not str:
            raise ValueError(f"{_named(column)} holds no text but {type(value).__name__}")
        if is_missing(value):
            said = f" ({value.strip()!r} means none)" if value.strip() else ""
            raise ValueError(f"no text in {_named(column)}{said}")
        if len(value) > self._text_limit:
            raise ValueError(
                f"text of {len(value)} characters, TRIAGE_TEXT_LIMIT is {self._text_limit}"
            )
        if "\0" in value:
            raise ValueError("the text contains NUL")
        return value

    def _short(self, column: str | None, fields: dict[str, Any]) -> str | None:
        """An id, a product, a source: a string or a number, None when missing."""
        if column is None or (value := fields.get(column)) is None:
            return None
        if type(value) is not str:
            value = _written(column, value)
        if is_missing(value):
            return None
        if "\0" in value:
            raise ValueError(f"{_named(column)} contains NUL")
        return str(value).strip()

    def _time(self, fields: dict[str, Any]) -> Any:
        column = self._columns.time
        if column is None:
            return None
        value = fields.get(column)
        try:
            return self._times.read(value)
        except (ValueError, OverflowError) as error:
            raise ValueError(
                f"unreadable time {str(value)[:40]!r} in {_named(column)} ({error}): write "
                "2026-10-05T15:03:10Z, or keep the column as it is with --time ''"
            ) from None


def _written(column: str, value: Any) -> str:
    # Not `value // 1`: a decimal of more than 28 digits has no such quotient.
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return f"{value:.0f}"
    if isinstance(value, int | float | Decimal | UUID) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise ValueError(f"{_named(column)} holds neither text nor a number")


def _named(column: str) -> str:
    return f"column '{shown(column)}'"
