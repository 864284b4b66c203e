"""Rows of JSON Lines: one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator

from producer.ingest.readers.encoding import BROKEN_ENCODING, is_broken
from producer.ingest.readers.files import ByteStream, damage
from producer.ingest.readers.json_values import to_fields
from producer.ingest.readers.lines import Lines, LongLineError
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import RowStream, object_stream
from schema.json_lines import JsonLineError, read_object, strip_line

#: Lines that are looked at to tell whether each is an object.
_LINES = 50


def open_jsonl(source: ByteStream, encoding: str | None, field_limit: int) -> RowStream:
    """Read JSON Lines; the columns are all fields of the first rows.

    Args:
        source: Its bytes.
        encoding: As `--encoding` says.
        field_limit: Characters that a field may have; a line may have four times as many.

    Raises:
        InputError: If none of the first lines is an object.
    """
    with damage(source.name):
        lines = Lines(source.name, source.as_text(encoding, newline="\n"), 4 * field_limit)
    return object_stream(
        source,
        _rows(source.name, lines),
        lambda first: f"not JSON Lines, one object a line: line {first.line}",
    )


def is_json_lines(begin: str, named_so: bool) -> bool:
    """Whether a text is JSON Lines, and no list or single object that goes on over many lines.

    Args:
        begin: The begin of the text.
        named_so: Whether the file is called `.jsonl` or `.ndjson`.
    """
    lines = [line for raw in begin.split("\n") if (line := strip_line(raw))]
    if not lines:
        return named_so
    # What is cut at the end of the begin is no line yet.
    objects = [_is_object(line) for line in lines[:_LINES]]
    if objects[0]:
        return named_so or len(lines) > 1
    if lines[0][0] not in "{[":
        return named_so
    if lines[0] == "[" and len(lines) > 1 and lines[1].endswith(","):
        return False
    # A broken line at the top, of lines that each begin at the left.
    return named_so and any(
        is_object and raw[:1] == "{" for is_object, raw in zip(objects[1:], lines[1:], strict=False)
    )


def _is_object(line: str) -> bool:
    try:
        read_object(line)
    except JsonLineError:
        return False
    return True


def _rows(name: str, lines: Lines) -> Iterator[Row | Reject]:
    with damage(name):
        while True:
            lines.begin_record()
            try:
                line = strip_line(next(lines))
            except StopIteration:
                return
            except LongLineError as error:
                yield _reject(name, lines, lines.record[0], str(error))
                continue
            if line:
                yield _read(name, lines, line)


def _read(name: str, lines: Lines, line: str) -> Row | Reject:
    if is_broken(line):
        return _reject(name, lines, line, BROKEN_ENCODING)
    try:
        fields = read_object(line)
    except JsonLineError as error:
        return _reject(name, lines, line, str(error))
    lines.found_row()
    return Row(lines.number, to_fields(fields, line), len(line))


def _reject(name: str, lines: Lines, line: str, reason: str) -> Reject:
    return Reject(name, lines.number, reason, line, len(line))
