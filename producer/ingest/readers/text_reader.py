"""Rows of plain text: a text a line."""

from __future__ import annotations

from collections.abc import Iterator

from producer.ingest.readers.encoding import BROKEN_ENCODING, is_broken
from producer.ingest.readers.files import ByteStream, damage
from producer.ingest.readers.lines import Lines, LongLineError
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import RowStream

#: The only column.
COLUMN = "text"


def open_lines(source: ByteStream, encoding: str | None, field_limit: int) -> RowStream:
    """Read a text a line; blank lines are passed over.

    Args:
        source: Its bytes.
        encoding: As `--encoding` says.
        field_limit: Characters that a line may have.

    Raises:
        InputError: If this is no text.
    """
    with damage(source.name):
        lines = Lines(source.name, source.as_text(encoding, newline=""), field_limit)
    return RowStream(
        source.name, [COLUMN], _rows(source.name, lines), source.fraction, source.notes
    )


def _rows(name: str, lines: Lines) -> Iterator[Row | Reject]:
    with damage(name):
        while True:
            lines.begin_record()
            try:
                line = next(lines).lstrip("\ufeff").strip()
            except StopIteration:
                return
            except LongLineError as error:
                yield Reject(name, lines.number, str(error), lines.record[0])
                continue
            if is_broken(line):
                yield Reject(name, lines.number, BROKEN_ENCODING, line, len(line))
            elif line:
                lines.found_row()
                yield Row(lines.number, {COLUMN: line}, len(line))
