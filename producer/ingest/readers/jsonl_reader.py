"""Rows of JSON Lines: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from producer.ingest.errors import IngestError
from producer.ingest.readers.encoding import is_broken
from producer.ingest.readers.files import ByteStream, damage
from producer.ingest.readers.json_values import MOST_LEVELS, too_deep
from producer.ingest.readers.lines import Lines, LongLineError
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import RowStream, look_ahead

#: NaN and infinity are no JSON; they mean nothing.
_loads = json.JSONDecoder(parse_constant=lambda _name: None).decode


def open_jsonl(source: ByteStream, encoding: str | None, field_limit: int) -> RowStream:
    """Read JSON Lines; the columns are all fields of the first rows.

    Args:
        source: Its bytes.
        encoding: As `--encoding` says.
        field_limit: Characters that a field may have; a line may have four times as many.

    Raises:
        IngestError: If none of the first lines is an object.
    """
    with damage(source.name):
        lines = Lines(source.name, source.as_text(encoding, newline="\n"), 4 * field_limit)
    sample, rows = look_ahead(_rows(source.name, lines))
    columns = {name: None for row in sample if isinstance(row, Row) for name in row.fields}
    if sample and not any(isinstance(row, Row) for row in sample):
        first = sample[0]
        assert isinstance(first, Reject)
        raise IngestError(
            f"{source.name} is not JSON Lines, one object a line: line {first.line}: {first.reason}"
        )
    return RowStream(source.name, list(columns), rows, source.fraction)


def _rows(name: str, lines: Lines) -> Iterator[Row | Reject]:
    with damage(name):
        while True:
            lines.begin_record()
            try:
                line = next(lines).strip("\ufeff\r\n\t ")
            except StopIteration:
                return
            except LongLineError as error:
                yield _reject(name, lines, lines.record[0], str(error))
                continue
            if line:
                yield _read(name, lines, line)


def _read(name: str, lines: Lines, line: str) -> Row | Reject:
    if is_broken(line):
        reason = "broken encoding; if all rows are, give --encoding"
        return _reject(name, lines, line, reason)
    try:
        fields = _loads(line)
    except (ValueError, RecursionError) as error:
        return _reject(name, lines, line, f"not JSON: {error}")
    if type(fields) is not dict:
        return _reject(name, lines, line, "JSON, but not an object")
    if too_deep(line, fields):
        return _reject(name, lines, line, f"fields are nested deeper than {MOST_LEVELS} levels")
    lines.found_row()
    return Row(lines.number, fields, len(line))


def _reject(name: str, lines: Lines, line: str, reason: str) -> Reject:
    return Reject(name, lines.number, reason, line, len(line))
