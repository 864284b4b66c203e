"""Numbered lines that can be taken back, none longer than memory should hold."""

from __future__ import annotations

from collections import deque
from typing import TextIO

from producer.ingest.errors import InputError
from producer.ingest.readers import limits
from producer.ingest.readers.encoding import is_broken

#: What is left of a line that has no field.
_SAYS_NOTHING = "\ufeff\r\n\t ,;|"


class LongLineError(Exception):
    """A line over the limit; the rest of it has been passed over."""


class EndlessRecordError(Exception):
    """A record that goes on in further lines, and will not end well."""


class Lines:
    """Iterator over the physical lines of a text, with their line ends.

    Args:
        name: The input.
        stream: Opened with `newline=""` or `"\\n"`, so that line ends stay as they are.
        limit: Characters that a line may have, and the lines of a record together.

    Attributes:
        number: Of the line read last, from 1.
        record: Lines read since `begin_record`.
        characters: Of these lines.
    """

    def __init__(self, name: str, stream: TextIO, limit: int) -> None:
        self._name = name
        self._readline = stream.readline
        self._limit = limit
        self._again: deque[str] = deque()
        #: Last line of the record that was taken back last.
        self._failed_at = 0
        #: Characters since the last row, the line that they begin at, and blank lines at their end.
        self._without_row = 0
        self._begin = 1
        self._blank = 0
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
        if not again:
            self._check_that_rows_come(line)
        self.record.append(line)
        self.characters += len(line)
        if len(line) >= self._limit and line[-1] not in "\r\n":
            if not again:
                self._pass_over()
            raise LongLineError("line too long")
        return line

    def sample(self, lines: int, characters: int) -> list[str]:
        """The first lines from one on that says something, which are still read afterwards: so
        many, or fewer where they are long. Lines above, blank or of delimiters alone, are passed.
        """
        sample: list[str] = []
        length = 0
        try:
            while len(sample) < lines and length < characters:
                self.begin_record()
                line = next(self)
                if sample or line.strip(_SAYS_NOTHING):
                    sample.append(line)
                    length += len(line)
        except StopIteration:
            pass
        except LongLineError:
            sample.append(self.record[0])
        self._again.extendleft(reversed(sample))
        self.number -= len(sample)
        self.begin_record()
        return sample

    def skip(self, lines: int) -> None:
        """Read past so many lines."""
        for _ in range(lines):
            self.begin_record()
            next(self)

    def begin_record(self) -> None:
        """Forget the lines of the record before."""
        self.record.clear()
        self.characters = 0

    def found_row(self) -> None:
        """Say that the lines so far made a row: what is read from here on may be long again."""
        self._without_row = 0
        self._begin = self.number + 1

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
        record = self.record
        return is_broken(record[0]) if len(record) == 1 else any(map(is_broken, record))

    def _check_that_it_may_go_on(self) -> None:
        # The record that was taken back was inside quotation marks at this line's end. So is this
        # one; from here on both are read alike, and this one fails where that one did. Without
        # this, a file that is all such lines would take the square of its length.
        if self.number < self._failed_at:
            raise EndlessRecordError("one opens a field that does not end")
        if self.characters > self._limit:
            raise EndlessRecordError("one opens a field that does not end, or too late")

    def _check_that_rows_come(self, line: str) -> None:
        self._blank = self._blank + 1 if line.isspace() else 0
        if self._blank > limits.MOST_BLANK_LINES:
            raise InputError(
                f"{self._name}, line {self.number}: more than {limits.MOST_BLANK_LINES:,} blank "
                "lines one behind the other; take them out"
            )
        self._without_row += len(line)
        if self._without_row > limits.MOST_WITHOUT_ROW:
            raise InputError(f"{self._name}, line {self._begin}: {self._what_is_too_long()}")

    def _what_is_too_long(self) -> str:
        limit = f"{limits.MOST_WITHOUT_ROW:,} characters"
        if self._begin == self.number:
            return f"this line alone has more than {limit}; take it out"
        return (
            f"there is no row that can be read in the {limit} from here to line {self.number}; "
            "take them out, or close the quotation mark that is open"
        )

    def _pass_over(self) -> None:
        while (rest := self._readline(self._limit)) and rest[-1] not in "\r\n":
            self._check_that_rows_come(rest)
