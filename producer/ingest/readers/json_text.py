"""JSON read value by value from a stream, in memory for one value at a time."""

from __future__ import annotations

import json
import re
from typing import Any, TextIO

from producer.ingest.errors import InputError
from producer.ingest.readers import limits
from schema.json_lines import DECODER, reason_of

_SPACE = re.compile("[\ufeff \t\r\n]*")
_BRACKET_OR_QUOTE = re.compile(r'["\[\]{}]')
_END_OF_STRING = re.compile(r'["\\]')
_END_OF_SCALAR = re.compile(r"[,\[\]{}\s]")
_CHUNK = 1 << 16
#: Characters from the end of what is read within which an error may be for want of the rest.
_NEAR = 1 << 12
#: Levels below which the end of a value is not looked for: nothing that a row is made of has them.
_MOST_DEPTH = 10_000
#: Characters of a broken value that are kept to show.
_SHOWN = 1 << 16


class BrokenValueError(Exception):
    """A value that cannot be read and has been passed over.

    Attributes:
        reason: Why, without its text.
        written: What it looks like, or the begin of it.
    """

    def __init__(self, reason: str, written: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.written = written


class JsonText:
    """A text of JSON that is read from its begin to its end.

    Args:
        name: The input.
        stream: The text.
        limit: Characters that one value may have.
        line: The number of its first line.

    Attributes:
        line: The line that is read at, from 1.
    """

    def __init__(self, name: str, stream: TextIO, limit: int, line: int = 1) -> None:
        self._name = name
        self._stream = stream
        self._limit = limit
        self._buffer = ""
        self._index = 0
        self._ended = False
        self._without_row = 0
        self.line = line

    def peek(self) -> str:
        """The character that the next value begins with, or a bracket or comma; "" at the end."""
        while True:
            match = _SPACE.match(self._buffer, self._index)
            assert match
            self._advance(match.end())
            if self._index < len(self._buffer):
                return self._buffer[self._index]
            if not self._fill():
                return ""

    def take(self, expected: str) -> bool:
        """Read past this character, if it is the next."""
        if self.peek() != expected:
            return False
        self._index += 1
        return True

    def found_row(self) -> None:
        """Say that what was read so far made a row."""
        self._without_row = 0

    def value(self) -> tuple[Any, str]:
        """The next value, and how it is written.

        Raises:
            BrokenValueError: If it cannot be read; it is passed over.
        """
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._index)
            except (ValueError, RecursionError) as error:
                if self._may_go_on(error) and self._fill():
                    continue
                reason = reason_of(error)
                if isinstance(error, json.JSONDecodeError):
                    reason = f"not JSON: {error.msg}"
                if len(self._buffer) - self._index >= self._limit:
                    reason = f"longer than {self._limit} characters"
                raise BrokenValueError(reason, self.skip()) from None
            # A number may go on in what is not read yet.
            if end < len(self._buffer) or self._ended or not self._fill():
                written = self._buffer[self._index : end]
                self._advance(end)
                return value, written

    def try_value(self) -> tuple[Any, str] | None:
        """The same of a value that is whole and short enough; None, and nothing is read past, where
        it is not."""
        self.peek()
        try:
            value, end = DECODER.raw_decode(self._buffer, self._index)
        except (ValueError, RecursionError):
            return None
        written = self._buffer[self._index : end]
        self._advance(end)
        return value, written

    def is_short(self) -> bool:
        """Whether all that is left is short enough to be one value."""
        while len(self._buffer) - self._index < self._limit:
            if not self._fill():
                return True
        return False

    def skip(self) -> str:
        """Read past the next value, whatever it is; gives its begin."""
        begin = self.peek()
        if begin == '"':
            return self._skip_string()
        if begin not in ("[", "{"):
            return self._skip_scalar()
        depth = 0
        shown = ""
        while True:
            match = _BRACKET_OR_QUOTE.search(self._buffer, self._index)
            end = match.end() if match else len(self._buffer)
            if match and match[0] == '"':
                end -= 1
            shown += self._buffer[self._index : end][: _SHOWN - len(shown)]
            self._advance(end)
            if match is None:
                if not self._fill():
                    return shown
            elif match[0] == '"':
                written = self._skip_string()
                shown += written[: _SHOWN - len(shown)]
            else:
                depth += 1 if match[0] in "[{" else -1
                if depth <= 0:
                    return shown
                if depth > _MOST_DEPTH:
                    raise InputError(
                        f"{self._name}, line {self.line}: nested deeper than {_MOST_DEPTH:,} "
                        "levels, as a bomb is; take it out"
                    )

    def _skip_string(self) -> str:
        shown = '"'
        self._index += 1
        while True:
            match = _END_OF_STRING.search(self._buffer, self._index)
            end = match.end() if match else len(self._buffer)
            if match and match[0] == "\\":
                end = min(end + 1, len(self._buffer))
                if end == match.end() and not self._ended:
                    # What is escaped is not read yet.
                    shown += self._buffer[self._index : match.start()][: _SHOWN - len(shown)]
                    self._advance(match.start())
                    if self._fill():
                        continue
            shown += self._buffer[self._index : end][: _SHOWN - len(shown)]
            self._advance(end)
            if match and match[0] == '"':
                return shown
            if match is None and not self._fill():
                return shown

    def _skip_scalar(self) -> str:
        shown = self._buffer[self._index : self._index + 1]
        self._advance(min(self._index + 1, len(self._buffer)))
        while True:
            match = _END_OF_SCALAR.search(self._buffer, self._index)
            end = match.start() if match else len(self._buffer)
            shown += self._buffer[self._index : end][: _SHOWN - len(shown)]
            self._advance(end)
            if match or not self._fill():
                return shown

    def _may_go_on(self, error: ValueError | RecursionError) -> bool:
        if self._ended or len(self._buffer) - self._index >= self._limit:
            return False
        if not isinstance(error, json.JSONDecodeError):
            return False
        return error.msg.startswith("Unterminated") or error.pos > len(self._buffer) - _NEAR

    def _advance(self, end: int) -> None:
        self.line += self._buffer.count("\n", self._index, end)
        self._index = end

    def _fill(self) -> bool:
        if self._ended:
            return False
        # As much again, so that a long value is not decoded once for each chunk of it.
        more = self._stream.read(max(_CHUNK, len(self._buffer) - self._index))
        self._ended = not more
        self._buffer = self._buffer[self._index :] + more
        self._index = 0
        self._without_row += len(more)
        if self._without_row > max(limits.MOST_WITHOUT_ROW, 2 * self._limit):
            raise InputError(
                f"{self._name}, line {self.line}: there is no row that can be read in "
                f"{limits.MOST_WITHOUT_ROW:,} characters; take them out, or name the list of "
                "rows with --path"
            )
        return bool(more)
