"""Rows of CSV and TSV (RFC 4180), through Python's csv module.

pyarrow's reader is faster, but it numbers no physical lines, and one broken byte ends it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from producer.ingest.errors import EmptyInputError, InputError
from producer.ingest.readers.delimited.cell_types import may_agree
from producer.ingest.readers.delimited.dialect import UNIT_SEPARATOR, Dialect
from producer.ingest.readers.delimited.header import has_width, is_cut_short
from producer.ingest.readers.delimited.layout import Layout, find_layout, is_open_quote
from producer.ingest.readers.encoding import BROKEN_ENCODING, is_broken
from producer.ingest.readers.files import ByteStream, damage
from producer.ingest.readers.lines import EndlessRecordError, Lines, LongLineError
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import MOST_COLUMNS, RowStream, check_number

#: Lines and characters that are looked at before anything is decided about a file.
SAMPLE_LINES = 200
SAMPLE_CHARACTERS = 1 << 20

#: How exports keep Excel from taking an id for a number: `="00123"`.
_FORMULA = re.compile(r'="([^"]*)"')

_CLOSE_IT = "close the quotation mark, or write it twice where it belongs to the text"
_QUOTE_IT = "put quotation marks around a field that has the delimiter, or a line end, in it"


def open_csv(
    source: ByteStream, options: ReadingOptions, field_limit: int, tabs: bool = False
) -> RowStream:
    """Read a CSV or TSV file.

    Args:
        source: Its bytes.
        options: What the user says of its form; what is not said is found in its first lines.
        field_limit: Characters that a field may have, so that a quotation mark that is never
            closed does not draw the whole file into memory.
        tabs: Whether it is called TSV.

    Raises:
        InputError: If there is no usable header.
    """
    with damage(source.name):
        text = source.as_text(options.encoding, newline="")
        lines = Lines(source.name, text, 4 * field_limit)
        csv.field_size_limit(field_limit)
        layout, above = _read_layout(source.name, lines, options, tabs)
        lines.found_row()
    rows = _Reader(source.name, lines, layout).rows()
    names = list(layout.header.names)
    notes = _notes(source, layout, above, options)
    return RowStream(source.name, names, rows, source.fraction, notes)


def _read_layout(
    name: str, lines: Lines, options: ReadingOptions, tabs: bool
) -> tuple[Layout, int]:
    """The layout, and how many lines above it say nothing; rows are read next."""
    sample = lines.sample(SAMPLE_LINES, SAMPLE_CHARACTERS)
    passed = lines.number
    if not sample:
        raise EmptyInputError(f"{name} has no header")
    if is_broken(sample[0]):
        raise InputError(
            f"{name}, line {passed + 1}: the header is not in this encoding; "
            "give the right one, e.g. --encoding cp1252"
        )
    header_row = options.header_row
    if header_row and not passed < header_row <= passed + len(sample):
        raise InputError(
            f"{name} has no header in line {header_row}; give --header-row the line it is in"
        )
    first = header_row - passed if header_row else header_row
    sample[0] = sample[0].lstrip("\ufeff")
    try:
        # Before a name is made up for each of millions.
        check_number(name, 1 + max(map(sample[0].count, ",;\t|")))
        layout = find_layout(sample, delimiter=options.delimiter, tabs=tabs, header_row=first)
    except (csv.Error, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{name}, line {passed + 1}: the header cannot be read") from None
    lines.skip(layout.header.first_row)
    return layout, passed


def _notes(source: ByteStream, layout: Layout, above: int, options: ReadingOptions) -> list[str]:
    notes = list(source.notes)
    header, dialect = layout.header, layout.dialect
    if header.index is None and options.header_row is None:
        notes.append(
            f"{source.name} has no header: its columns are named by number; "
            "if it has one, give --header-row N"
        )
    if header.index and options.header_row is None:
        notes.append(f"{source.name}: the header is taken to be in line {above + header.index + 1}")
    if header.skipped:
        notes.append(f"{source.name}: {header.skipped} is no answer, and passed over")
    if dialect.escape:
        notes.append(f"{source.name}: quotation marks are escaped with a backslash")
    return notes


class _Reader:
    def __init__(self, name: str, lines: Lines, layout: Layout) -> None:
        self._name = name
        self._lines = lines
        self._layout = layout
        self._header = layout.header.names
        self._width = len(self._header)
        self._dialect = layout.dialect
        self._records = layout.dialect.reader(lines)

    def rows(self) -> Iterator[Row | Reject]:
        """Good rows and broken ones."""
        waiting: Row | None = None
        with damage(self._name):
            for item in self._items():
                if waiting is not None:
                    whole = self._is_whole(waiting, item)
                    yield self._fill(waiting) if whole else self._too_short(waiting)
                    waiting = None
                    if not whole and isinstance(item, Row):
                        yield self._too_short(item)
                        continue
                if isinstance(item, Row) and len(item.fields) < self._width:
                    waiting = item
                else:
                    yield item
            if waiting is not None:
                yield self._fill(waiting)

    def _items(self) -> Iterator[Row | Reject]:
        lines = self._lines
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
            if len(lines.record) > 1 and is_open_quote(lines.record, self._layout):
                lines.take_back()
                yield self._reject(
                    line,
                    "a quotation mark that is not closed: the lines behind it are rows of their "
                    "own, and are read as such",
                    fix=_CLOSE_IT,
                )
                continue
            yield self._row(line, self._dialect.restore(fields))

    def _row(self, line: int, fields: list[str]) -> Row | Reject:
        lines, width = self._lines, self._width
        first = lines.record[0]
        if not (first.isascii() and len(lines.record) == 1) and lines.record_is_broken():
            return self._reject(line, f"{BROKEN_ENCODING}, e.g. cp1252")
        if len(fields) != width:
            if has_width(fields, width):
                del fields[width:]
            elif not (is_cut_short(fields, width) and may_agree(fields, self._layout.types)):
                shown = fields if len(fields) < MOST_COLUMNS else None
                reason = f"{len(fields)} fields, the header has {width}"
                return self._reject(line, reason, shown, _QUOTE_IT)
        if '="' in first:
            fields = [_FORMULA.sub(r"\1", one) if one[:2] == '="' else one for one in fields]
        lines.found_row()
        return Row(line, dict(zip(self._header, fields, strict=False)), lines.characters)

    def _fill(self, row: Row) -> Row:
        """Give a row the blank fields that were left out at its end."""
        for name in self._header[len(row.fields) :]:
            row.fields[name] = ""
        return row

    def _is_whole(self, row: Row, following: Row | Reject) -> bool:
        """Whether a row that is too short is one, and not cut in two by a line end in a field
        without quotation marks, of which the next record is the rest."""
        if isinstance(following, Row):
            # It is a row of its own where a column's type says so.
            rest = 0 if any(self._layout.types) else len(following.fields)
        else:
            rest = len(following.row) if isinstance(following.row, list) else 0
        return len(row.fields) + rest - 1 != len(self._header)

    def _too_short(self, row: Row) -> Reject:
        reason = f"{len(row.fields)} fields, the header has {len(self._header)}"
        fields = list(row.fields.values())
        return Reject(self._name, row.line, reason, fields, row.characters, fix=_QUOTE_IT)

    def _mend(self, line: int, error: Exception) -> Row | Reject:
        """Give up the first line of a record that cannot be parsed, and read on at the second."""
        itself_too_long = isinstance(error, LongLineError) and len(self._lines.record) == 1
        self._lines.take_back()
        if itself_too_long:
            return self._reject(line, str(error))
        fields = self._mended(self._lines.record[0])
        if len(fields) == len(self._header) and not self._lines.record_is_broken():
            self._lines.found_row()
            by_name = dict(zip(self._header, fields, strict=True))
            return Row(line, by_name, self._lines.characters)
        reason = f"broken quotation marks or too long a field ({error})"
        return self._reject(line, reason, fix=_CLOSE_IT)

    def _mended(self, line: str) -> list[str]:
        """The fields of a line that writes quotation marks in another way than the others."""
        if self._dialect.delimiter == "\t":
            # Many writers of TSV do not quote, so that a quotation mark is just that.
            return line.rstrip("\r\n").split("\t")
        if '\\"' in line and not self._dialect.escape:
            escaped = Dialect(self._dialect.delimiter, escape=True)
            try:
                return escaped.restore(next(escaped.reader([line]), []))
            except csv.Error:
                pass
        return []

    def _reject(
        self, line: int, reason: str, fields: list[str] | None = None, fix: str = ""
    ) -> Reject:
        row = fields or "".join(self._lines.record).rstrip("\r\n")
        if isinstance(row, str) and self._dialect.is_multiple:
            row = row.replace(UNIT_SEPARATOR, self._dialect.delimiter)
        return Reject(self._name, line, reason, row, self._lines.characters, fix=fix)
