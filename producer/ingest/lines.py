"""Numbered lines that can be taken back, none longer than memory should hold."""

from __future__ import annotations

from collections import deque
from typing import TextIO

from producer.ingest.encoding import is_broken


class LongLineError(Exception):
    """A line over the limit; the rest of it has been passed over."""


class Lines:
    """Iterator over the physical lines of a text, with their line ends.

    Args:
        stream: Opened with `newline=""` or `"\\n"`, so that line ends stay as they are.
        limit: Characters that a line may have.

    Attributes:
        number: Of the line read last, from 1.
        record: Lines read since `begin_record`.
    """

    def __init__(self, stream: TextIO, limit: int) -> None:
        self._readline = stream.readline
        self._limit = limit
        self._again: deque[str] = deque()
        self.number = 0
        self.record: list[str] = []

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._readline(self._limit)
        if not line:
            raise StopIteration
        self.number += 1
        self.record.append(line)
        if len(line) >= self._limit and line[-1] not in "\r\n":
            self._pass_over()
            raise LongLineError
        return line

    def begin_record(self) -> None:
        """Forget the lines of the record before."""
        self.record.clear()

    def take_back(self) -> None:
        """Read the lines of this record again, but for its first."""
        rest = self.record[1:]
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)
        del self.record[1:]

    def record_is_broken(self) -> bool:
        """Whether the record has bytes that its encoding does not have."""
        return any(map(is_broken, self.record))

    def _pass_over(self) -> None:
        while (rest := self._readline(self._limit)) and rest[-1] not in "\r\n":
            pass
