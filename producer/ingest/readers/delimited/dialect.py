"""The dialect of a CSV: what cuts its rows, and how a quotation mark is written inside of quotes.

It is decided as CleverCSV does (van den Burg et al., 2019): of the ways to read the first rows that
one is right under which they have one width and their columns have types. The header must be cut by
the delimiter too, and where two are as good, it goes by the header.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

#: In order of preference, where a header could be cut by several.
DELIMITERS = (",", ";", "\t", "|")
#: Those that are tried where none of these cuts the header: each row has to have its width then.
RARE_DELIMITERS = ("^", "~", "¦", "||", "::", "\x01")
#: Stands for a delimiter of several characters, which Python's csv does not know, and for one where
#: there is a single column: no text has it.
UNIT_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Dialect:
    """How the lines of a CSV are read.

    Attributes:
        delimiter: One character or more; `UNIT_SEPARATOR` for a single column.
        escape: Whether a quotation mark inside of quotes is written `\\"` and not `""`.
        skip_space: Whether there are spaces behind delimiters, before quotation marks.
    """

    delimiter: str
    escape: bool = False
    skip_space: bool = False

    @property
    def is_multiple(self) -> bool:
        """Whether the delimiter has several characters."""
        return len(self.delimiter) > 1

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Python's reader of these lines; it raises `csv.Error` where quotation marks are wrong.

        Lenient parsing would take a quotation mark that is never closed as the begin of a text that
        swallows the rows behind it.
        """
        if self.is_multiple:
            lines = (line.replace(self.delimiter, UNIT_SEPARATOR) for line in lines)
        return csv.reader(lines, strict=True, **self.parameters())

    def parameters(self) -> dict[str, Any]:
        """Those of Python's csv module."""
        escape = {"escapechar": "\\", "doublequote": False} if self.escape else {}
        delimiter = UNIT_SEPARATOR if self.is_multiple else self.delimiter
        return {"delimiter": delimiter, "skipinitialspace": self.skip_space, **escape}

    def restore(self, fields: list[str]) -> list[str]:
        """Fields as they were written: inside of quotes the delimiter cuts nothing."""
        if not self.is_multiple:
            return fields
        return [field.replace(UNIT_SEPARATOR, self.delimiter) for field in fields]

    def cut(self, line: str, *, quotes: bool = True) -> list[str]:
        """The fields of a line that stands alone, whatever its quotation marks."""
        if self.is_multiple:
            line = line.replace(self.delimiter, UNIT_SEPARATOR)
        try:
            quoting = {} if quotes else {"quoting": csv.QUOTE_NONE}
            parameters = self.parameters() | quoting
            return self.restore(next(csv.reader([line], **parameters), []))
        except csv.Error:
            return []


@dataclass(frozen=True)
class Record:
    """A record of the sample.

    Attributes:
        index: Of its first line.
        fields: None where the line cannot be read.
    """

    index: int
    fields: list[str] | None

    @property
    def is_blank(self) -> bool:
        """Whether it has nothing in any of its fields."""
        return self.fields is not None and not any(field.strip() for field in self.fields)


def read_sample(lines: Sequence[str], dialect: Dialect, start: int = 0) -> list[Record]:
    """The records of the lines from `start` on; of what cannot be read the first line is one."""
    records: list[Record] = []
    index = start
    while index < len(lines):
        taken = 0

        def following(first: int = index) -> Iterator[str]:
            nonlocal taken
            for line in lines[first:]:
                taken += 1
                yield line

        try:
            fields = next(dialect.reader(following()), None)
            if dialect.escape and not _is_strict("".join(lines[index : index + taken]), dialect):
                raise csv.Error
        except csv.Error:
            records.append(Record(index, None))
            index += 1
            continue
        if fields is None:
            break
        records.append(Record(index, dialect.restore(fields)))
        index += taken
    return records


def _is_strict(record: str, dialect: Dialect) -> bool:
    """Whether a delimiter or the record's end follows each quotation mark that closes a field;
    where it is escaped by a backslash, Python's csv does not look.
    """
    inside, begins, at = False, True, 0
    while at < len(record):
        character = record[at]
        if inside and character == "\\":
            at += 1
        elif inside and character == '"':
            inside = False
            if record[at + 1 : at + 2] not in ("", dialect.delimiter, "\r", "\n"):
                return False
        elif begins and character == '"':
            inside = True
        begins = character == dialect.delimiter or (
            begins and dialect.skip_space and character == " "
        )
        at += 1
    return True


def possible_dialects(lines: Sequence[str], delimiter: str | None) -> Iterator[Dialect]:
    """The ways to read a sample that something in it speaks for, the most usual ones first."""
    escaped = any('\\"' in line for line in lines)
    for mark in (delimiter,) if delimiter else DELIMITERS:
        plain = Dialect(mark)
        spaced = any(f'{mark} "' in line for line in lines)
        yield plain
        if escaped:
            yield replace(plain, escape=True)
        if spaced:
            yield replace(plain, skip_space=True)
        if escaped and spaced:
            yield replace(plain, escape=True, skip_space=True)
