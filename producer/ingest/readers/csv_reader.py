"""Rows of CSV and TSV (RFC 4180), through Python's csv module.

pyarrow's reader is faster, but it numbers no physical lines, and one broken byte ends it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from producer.ingest.errors import IngestError
from producer.ingest.readers.encoding import is_broken
from producer.ingest.readers.files import ByteStream, damage
from producer.ingest.readers.lines import EndlessRecordError, Lines, LongLineError
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import MOST_COLUMNS, RowStream, check_number, unique_names

#: In order of preference, where a header could be cut by several.
_DELIMITERS = (",", ";", "\t", "|")


def open_csv(source: ByteStream, encoding: str | None, field_limit: int, tabs: bool) -> RowStream:
    """Read a CSV or TSV file, whose first row names its columns.

    Args:
        source: Its bytes.
        encoding: As `--encoding` says.
        field_limit: Characters that a field may have, so that a quotation mark that is never
            closed does not draw the whole file into memory.
        tabs: Whether it is TSV; for CSV the header tells the delimiter.

    Raises:
        IngestError: If there is no usable header.
    """
    with damage(source.name):
        lines = Lines(source.name, source.as_text(encoding, newline=""), 4 * field_limit)
        csv.field_size_limit(field_limit)
        header, delimiter = _read_header(source.name, lines, tabs)
        lines.found_row()
    reader = _Reader(source.name, lines, header, delimiter, tabs)
    return RowStream(source.name, header, reader.rows(), source.fraction)


def _read_header(name: str, lines: Lines, tabs: bool) -> tuple[list[str], str]:
    try:
        return _header_fields(name, lines, tabs)
    except (csv.Error, StopIteration, LongLineError, EndlessRecordError):
        raise IngestError(f"{name}, line {lines.number}: the header cannot be read") from None


def _header_fields(name: str, lines: Lines, tabs: bool) -> tuple[list[str], str]:
    for line in lines:
        if line.strip("\ufeff\r\n\t ,;|"):
            break
    else:
        raise IngestError(f"{name} has no header")
    if is_broken(line):
        raise IngestError(
            f"{name}, line {lines.number}: the header is not in this encoding; "
            "give the right one, e.g. --encoding cp1252"
        )
    first = line.lstrip("\ufeff")
    delimiter = "\t" if tabs else max(_DELIMITERS, key=lambda mark: len(_cut(first, mark)))
    fields = next(csv.reader(_continued(first, lines), delimiter=delimiter, strict=True))
    # Before a name is made up for each of millions.
    check_number(name, len(fields))
    return unique_names([field.strip() for field in fields]), delimiter


def _cut(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _continued(first: str, lines: Lines) -> Iterator[str]:
    """The header may go on in further lines, inside quotation marks."""
    yield first
    yield from lines


class _Reader:
    def __init__(
        self, name: str, lines: Lines, header: list[str], delimiter: str, tabs: bool
    ) -> None:
        self._name = name
        self._lines = lines
        self._header = header
        self._delimiter = delimiter
        self._tabs = tabs
        # Lenient parsing would take a quotation mark that is never closed as the begin of a text
        # that swallows the rows behind it.
        self._records = csv.reader(lines, delimiter=delimiter, strict=True)

    def rows(self) -> Iterator[Row | Reject]:
        """Good rows and broken ones."""
        lines, header, width = self._lines, self._header, len(self._header)
        with damage(self._name):
            while True:
                lines.begin_record()
                line = lines.number + 1
                try:
                    fields = next(self._records)
                except StopIteration:
                    return
                except (csv.Error, LongLineError, EndlessRecordError) as error:
                    yield self._mend(line, error)
                    continue
                if not fields:
                    continue
                if lines.record_is_broken():
                    yield self._reject(
                        line, "broken encoding; if all rows are, give --encoding, e.g. cp1252"
                    )
                elif len(fields) != width:
                    reason = f"{len(fields)} fields, the header has {width}"
                    yield self._reject(line, reason, fields if len(fields) < MOST_COLUMNS else None)
                else:
                    lines.found_row()
                    yield Row(line, dict(zip(header, fields, strict=True)), lines.characters)

    def _mend(self, line: int, error: Exception) -> Row | Reject:
        """Give up the first line of a record that cannot be parsed, and read on at the second."""
        itself_too_long = isinstance(error, LongLineError) and len(self._lines.record) == 1
        self._lines.take_back()
        if itself_too_long:
            return self._reject(line, str(error))
        if self._tabs:
            # Many writers of TSV do not quote, so that a quotation mark is just that.
            fields = self._lines.record[0].rstrip("\r\n").split(self._delimiter)
            if len(fields) == len(self._header) and not self._lines.record_is_broken():
                fields_by_name = dict(zip(self._header, fields, strict=True))
                self._lines.found_row()
                return Row(line, fields_by_name, self._lines.characters)
        return self._reject(line, f"broken quotation marks or too long a field ({error})")

    def _reject(self, line: int, reason: str, fields: list[str] | None = None) -> Reject:
        row = fields or "".join(self._lines.record).rstrip("\r\n")
        return Reject(self._name, line, reason, row, self._lines.characters)
