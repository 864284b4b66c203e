"""Rows of JSON that is no JSON Lines: a list of objects, objects one behind the other, the one list
of objects inside of another object, or columns."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from producer.ingest.errors import InputError
from producer.ingest.escaping import shown
from producer.ingest.readers.encoding import BROKEN_ENCODING, is_broken
from producer.ingest.readers.files import ByteStream, damage
from producer.ingest.readers.json_columns import rows_of_columns
from producer.ingest.readers.json_text import BrokenValueError, JsonText
from producer.ingest.readers.json_values import to_fields
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import RowStream, object_stream
from schema.json_lines import JsonLineError, check_object

#: Objects inside of each other in which a list of rows is looked for.
_MOST_WRAPPERS = 5


class SeveralListsError(InputError):
    """A file of which nobody can tell where its rows are."""

    def __init__(self, name: str, paths: Sequence[Sequence[str]]) -> None:
        options = " or ".join(f"--path {shown('.'.join(path))}" for path in paths[:5])
        super().__init__(f"{name} has several lists of objects; name one: {options}")


def open_json(source: ByteStream, options: ReadingOptions, field_limit: int) -> RowStream:
    """Read JSON object by object, in which rows are numbered from 1; the columns are all fields of
    the first rows.

    Args:
        source: Its bytes.
        options: The encoding, and where the rows are.
        field_limit: Characters that a field may have; an object may have four times as many.

    Raises:
        InputError: If there is no list of objects, or several and `--path` names none.
    """
    with damage(source.name):
        text = JsonText(
            source.name, source.as_text(options.encoding, newline="\n"), 4 * field_limit
        )
        reader = _Reader(source.name, text, 4 * field_limit)
    return object_stream(
        source,
        reader.rows(options.path),
        lambda _: "JSON, but holds no objects, which rows are made of: the first one",
    )


class _Reader:
    def __init__(self, name: str, text: JsonText, limit: int) -> None:
        self._name = name
        self._text = text
        self._limit = limit
        self._path: tuple[str, ...] | None = None
        #: Of the row read last, from 1.
        self._number = 0

    def rows(self, path: str | None) -> Iterator[Row | Reject]:
        """Good rows and broken ones."""
        with damage(self._name):
            if path is not None:
                yield from self._at_path(tuple(path.split(".")))
            elif self._text.peek() == "[":
                yield from self._list(self._text)
            elif self._text.peek() == "{":
                yield from self._objects()
            elif self._text.peek():
                raise InputError(f"{self._name} is not JSON: it begins neither with {{ nor with [")

    def _objects(self) -> Iterator[Row | Reject]:
        """Objects one behind the other, or, of a single one, the list that is in it."""
        text, line = self._text, self._text.line
        short = text.is_short()
        first = text.try_value()
        if first is None and not short:
            yield from self._wrapped(text, 0)
        elif first is None:
            yield self._element(text)
        elif text.peek():
            yield self._row(*first)
        else:
            yield from self._single(line, *first)
        yield from self._rest()

    def _single(self, line: int, value: Any, written: str) -> Iterator[Row | Reject]:
        paths = list(_lists_of_objects(value))
        if not paths and (rows := rows_of_columns(value)) is not None:
            for row, row_written in rows:
                yield self._row(row, row_written)
        elif not paths:
            yield self._row(value, written)
        elif len(paths) > 1:
            raise SeveralListsError(self._name, paths)
        else:
            inner = JsonText(self._name, io.StringIO(written), self._limit, line)
            yield from self._inside(inner, paths[0])

    def _wrapped(
        self, text: JsonText, depth: int, path: tuple[str, ...] = ()
    ) -> Iterator[Row | Reject]:
        """The rows of the one list of objects in an object that is too long for one row."""
        text.take("{")
        for key in self._keys(text):
            inner = (*path, str(key))
            if text.peek() == "{" and depth < _MOST_WRAPPERS:
                yield from self._wrapped(text, depth + 1, inner)
            elif text.take("["):
                if text.peek() == "{":
                    if self._path is not None:
                        raise SeveralListsError(self._name, [self._path, inner])
                    self._path = inner
                    yield from self._items(text)
                else:
                    self._skip_items(text)
            else:
                text.skip()

    def _skip_items(self, text: JsonText) -> None:
        while text.peek() and not text.take("]"):
            if not self._take_comma(text):
                text.skip()

    def _rest(self) -> Iterator[Row | Reject]:
        while self._text.peek():
            if not self._take_comma(self._text):
                yield self._element(self._text)

    def _list(self, text: JsonText) -> Iterator[Row | Reject]:
        text.take("[")
        yield from self._items(text)

    def _items(self, text: JsonText) -> Iterator[Row | Reject]:
        while not text.take("]"):
            if not text.peek():
                raise InputError(f"{self._name} is cut off: its list of rows does not end")
            if not self._take_comma(text):
                yield self._element(text)

    def _take_comma(self, text: JsonText) -> bool:
        if not text.take(","):
            return False
        if text.peek() == ",":
            raise InputError(f"{self._name}, line {text.line}: not JSON: nothing between commas")
        return True

    def _at_path(self, path: tuple[str, ...]) -> Iterator[Row | Reject]:
        """The rows that are there in each object of the file, of which there is mostly one."""
        while self._text.peek():
            if not self._take_comma(self._text):
                yield from self._inside(self._text, path)

    def _inside(self, text: JsonText, path: Sequence[str]) -> Iterator[Row | Reject]:
        """The rows of the list that a path leads to, in the object that comes next."""
        if not path:
            if text.peek() != "[":
                raise InputError(f"{self._name}, line {text.line}: --path leads to no list")
            yield from self._list(text)
            return
        if not text.take("{"):
            raise InputError(
                f"{self._name}, line {text.line}: there is no object with '{shown(path[0])}' "
                "(--path) here"
            )
        found = False
        for key in self._keys(text):
            if key == path[0] and not found:
                found = True
                yield from self._inside(text, path[1:])
            else:
                text.skip()
        if not found:
            raise InputError(f"{self._name} has no '{shown(path[0])}' where --path says")

    def _keys(self, text: JsonText) -> Iterator[Any]:
        """The keys of an object; whoever takes one reads past its value."""
        while not text.take("}"):
            if self._take_comma(text):
                continue
            line = text.line
            try:
                if text.peek() != '"':
                    raise BrokenValueError("not JSON: a key is missing", "")
                key, _ = text.value()
            except BrokenValueError as error:
                raise InputError(f"{self._name}, line {line}: {error.reason}") from None
            if not text.take(":"):
                raise InputError(f"{self._name}, line {line}: not JSON: a key without a value")
            yield key

    def _element(self, text: JsonText) -> Row | Reject:
        line, begin = text.line, text.peek()
        if begin in ("]", "}", ":"):
            raise InputError(
                f"{self._name}, line {line}: not JSON: '{begin}' where a row should be"
            )
        try:
            value, written = text.value()
        except BrokenValueError as error:
            return self._broken(error)
        return self._row(value, written)

    def _broken(self, error: BrokenValueError) -> Reject:
        self._number += 1
        return Reject(self._name, self._number, error.reason, error.written, len(error.written))

    def _row(self, value: Any, written: str) -> Row | Reject:
        # All rows may be in one line, and another program may write the same rows in others.
        self._number += 1
        try:
            if is_broken(written):
                raise JsonLineError(BROKEN_ENCODING)
            fields = check_object(written, value)
        except JsonLineError as error:
            return Reject(self._name, self._number, str(error), written, len(written))
        self._text.found_row()
        return Row(self._number, to_fields(fields, written), len(written))


def _lists_of_objects(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths to lists that are made of objects, through objects only."""
    if isinstance(value, list):
        if value and all(isinstance(item, dict) and not _is_extended(item) for item in value):
            yield path
    elif isinstance(value, dict) and len(path) < _MOST_WRAPPERS:
        for key, item in value.items():
            yield from _lists_of_objects(item, (*path, key))


def _is_extended(value: dict[str, Any]) -> bool:
    """Whether an object is a value of MongoDB's Extended JSON."""
    return len(value) == 1 and next(iter(value)).startswith("$")
