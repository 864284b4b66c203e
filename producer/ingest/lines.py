"""Numbered lines that can be taken back, none longer than memory should hold."""

from __future__ import annotations

from collections import deque
from typing import TextIO

from producer.ingest.encoding import is_broken


class LongLineError(Exception):
    """A line over the limit; the rest of it has been passed over."""


class EndlessRecordError(Exception):
    """A record that goes on in further lines, and will not end well."""


class Lines:
    """Iterator over the physical lines of a text, with their line ends.

    Args:
        stream: Opened with `newline=""` or `"\\n"`, so that line ends stay as they are.
        limit: Characters that a line may have, and the lines of a record together.

    Attributes:
        number: Of the line read last, from 1.
        record: Lines read since `begin_record`.
        characters: Of these lines.
    """

    def __init__(self, stream: TextIO, limit: int) -> None:
        self._readline = stream.readline
        self._limit = limit
        self._again: deque[str] = deque()
        #: Last line of the record that was taken back last.
        self._failed_at = 0
        self.number = 0
        self.record: list[str] = []
        self.characters = 0

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if self.record:
            self._check_that_it_may_go_on()
        again = bool(self._again)
        line = self._again.popleft() if again else self._readline(self._limit)
        if not line:
            raise StopIteration
        self.number += 1
        self.record.append(line)
        self.characters += len(line)
        if len(line) >= self._limit and line[-1] not in "\r\n":
            if not again:
                self._pass_over()
            raise LongLineError("line too long")
        return line

    def begin_record(self) -> None:
        """Forget the lines of the record before."""
        self.record.clear()
        self.characters = 0

    def take_back(self) -> None:
        """Read the lines of this record again, but for its first."""
        rest = self.record[1:]
        self._again.extendleft(reversed(rest))
        self._failed_at = max(self._failed_at, self.number)
        self.number -= len(rest)
        del self.record[1:]
        self.characters = len(self.record[0])

    def record_is_broken(self) -> bool:
        """Whether the record has bytes that its encoding does not have."""
        return any(map(is_broken, self.record))

    def _check_that_it_may_go_on(self) -> None:
        # The record that was taken back was inside quotation marks at this line's end. So is this
        # one; from here on both are read alike, and this one fails where that one did. Without
        # this, a file that is all such lines would take the square of its length.
        if self.number < self._failed_at:
            raise EndlessRecordError("one opens a field that does not end")
        if self.characters > self._limit:
            raise EndlessRecordError("one opens a field that does not end, or too late")

    def _pass_over(self) -> None:
        while (rest := self._readline(self._limit)) and rest[-1] not in "\r\n":
            pass
