"""Inputs: what the PATHs of the command line are, each to be opened as a stream of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath
from typing import Any

from producer.ingest.errors import IngestError, InputError
from producer.ingest.escaping import escaped
from producer.ingest.readers.csv_reader import open_csv
from producer.ingest.readers.encoding import is_broken
from producer.ingest.readers.files import ByteStream, damage, standard_input, unpack
from producer.ingest.readers.formats import LINES, compression_of, format_of, inner_name, is_json
from producer.ingest.readers.json_reader import SeveralListsError, open_json
from producer.ingest.readers.jsonl_reader import is_json_lines, open_jsonl
from producer.ingest.readers.late_columns import (
    MOST_CHARACTERS,
    MOST_REMOTE_CHARACTERS,
    LateColumns,
    find_late_columns,
)
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.readers.parquet_reader import open_parquet
from producer.ingest.readers.row_stream import RowStream
from producer.ingest.readers.sources.byte_source import ByteSource, OpenedBytes, seekable
from producer.ingest.readers.sources.local_files import file_source, find_files
from producer.ingest.readers.sources.remote_files import find_remote, is_url
from producer.ingest.readers.sources.zip_archive import members_of
from producer.ingest.readers.sql_reader import open_sql, parse_sql
from producer.ingest.readers.text_reader import open_lines
from producer.ingest.readers.workbook_reader import open_workbook
from schema.database.errors import describe

#: Characters of the longest field that is read at all, unless the text limit is higher.
LEAST_FIELD_LIMIT = 1 << 20


@dataclass(frozen=True)
class Input:
    """Something to read rows from.

    Attributes:
        name: As the user gave it, without a password.
        stem: What runs and documents are named after when nothing else is said.
        file_name: Tells its rows apart from those of another input where they have no id.
        key: The same for two inputs only if they are the same one.
        checkable: Whether it can be opened once to look, and once more to read.
        open: Opens it and reads its columns; raises InputError.
    """

    name: str
    stem: str
    file_name: str
    key: str
    checkable: bool
    open: Callable[[], AbstractContextManager[RowStream]]


def parse_inputs(
    arguments: Sequence[str], options: ReadingOptions, text_limit: int
) -> tuple[Input, ...]:
    """Read the PATHs of the command line: `-`, `sql:URL SELECT …`, a URL, a file, a folder, or a
    pattern such as `exports/*.csv`; of an archive each member is an input.

    Args:
        arguments: The PATHs.
        options: How inputs are to be read.
        text_limit: Characters that a text may have.

    Raises:
        IngestError: If one is none of these.
    """
    return tuple(found for argument in arguments for found in _parse(argument, options, text_limit))


def _parse(argument: str, options: ReadingOptions, text_limit: int) -> list[Input]:
    if is_broken(argument):
        raise IngestError(f"{escaped(argument)}: this name is not UTF-8; rename the file")
    field_limit = max(LEAST_FIELD_LIMIT, 2 * text_limit)
    if argument == "-":
        read = partial(_open_standard_input, options, field_limit)
        return [Input("-", "stdin", "stdin", "-", checkable=False, open=read)]
    if argument.startswith("sql:"):
        url, select = parse_sql(argument)
        name = f"sql:{describe(url)} {select}"
        opened = partial(open_sql, name, url, select)
        return [Input(name, "sql", name, name, checkable=False, open=opened)]
    if is_url(argument):
        sources = find_remote(argument)
    else:
        sources = [file_source(path) for path in find_files(argument)]
    members = [member for source in sources for member in members_of(source)]
    return [_input(member, options, field_limit) for member in members]


def _input(source: ByteSource, options: ReadingOptions, field_limit: int) -> Input:
    file_name = inner_name(source.file_name)
    return Input(
        name=source.name,
        stem=PurePath(file_name).stem,
        file_name=file_name,
        key=source.key,
        checkable=source.checkable,
        open=_Opener(source, options, field_limit),
    )


class _Opener:
    """Opens one input, as often as that is needed; late columns are looked for once."""

    def __init__(self, source: ByteSource, options: ReadingOptions, field_limit: int) -> None:
        self._source = source
        self._options = options
        self._field_limit = field_limit
        self._late: LateColumns | None = None

    @contextmanager
    def __call__(self) -> Iterator[RowStream]:
        """Open it."""
        with self._opened() as stream:
            if not stream.may_have_late_columns or not self._source.checkable:
                yield stream
                return
            if self._late is None:
                self._late = self._find_late(stream.columns)
            late = self._late
            yield replace(stream, columns=[*stream.columns, *late.names], late=late.rows)

    def _find_late(self, columns: list[str]) -> LateColumns:
        most = MOST_REMOTE_CHARACTERS if self._source.remote else MOST_CHARACTERS
        with self._opened() as stream:
            return find_late_columns(_until_damage(stream.rows), columns, most)

    @contextmanager
    def _opened(self) -> Iterator[RowStream]:
        name = self._source.name
        with self._source.open() as opened:
            with damage(name):
                head = opened.stream.peek(1 << 12)
                compression = compression_of(name, head)
                kind = "text" if compression else format_of(name, head)
            if kind == "text":
                yield self._text(opened, compression)
                return
            with damage(name):
                copied = seekable(opened.stream)
            with copied as file:
                if kind == "parquet":
                    with open_parquet(name, file, opened.size or 1) as rows:
                        yield rows
                else:
                    yield open_workbook(name, file, self._options)

    def _text(self, opened: OpenedBytes, compression: str | None) -> RowStream:
        name, raw, size = self._source.name, opened.stream, opened.size
        stream = unpack(name, raw, compression) if compression else raw
        bytes_ = ByteStream(name, stream, lambda: raw.tell() / size if size else None)
        with damage(name):
            if compression and format_of(name, bytes_.head()) != "text":
                raise InputError(f"{name} is a compressed file of another format; unpack it first")
        return open_text(bytes_, self._source.file_name, self._options, self._field_limit)


def _until_damage(rows: Iterator[Any]) -> Iterator[Any]:
    """Rows up to where the input is damaged: whoever reads it says so."""
    try:
        yield from rows
    except SeveralListsError:
        raise
    except InputError:
        return


def open_text(
    source: ByteStream, file_name: str, options: ReadingOptions, field_limit: int
) -> RowStream:
    """Read CSV, JSON, JSON Lines or a text a line, whichever it is.

    Args:
        source: Its bytes.
        file_name: What it is called, which decides where the text leaves it open.
        options: As the user says.
        field_limit: Characters that a field may have.
    """
    ending = PurePath(inner_name(file_name)).suffix.lower()
    with damage(source.name):
        begin = source.begin(options.encoding)
    if ending == ".txt" and options.text_lines:
        return open_lines(source, options.encoding, field_limit)
    lines = ending in LINES
    if options.path is None and is_json_lines(begin, lines):
        return open_jsonl(source, options.encoding, field_limit)
    if lines or ending == ".json" or options.path is not None or is_json(begin):
        return open_json(source, options, field_limit)
    return open_csv(source, options, field_limit, tabs=ending in (".tsv", ".tab"))


@contextmanager
def _open_standard_input(options: ReadingOptions, field_limit: int) -> Iterator[RowStream]:
    yield open_text(standard_input(), "-.jsonl", options, field_limit)
