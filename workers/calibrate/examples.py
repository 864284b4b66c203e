"""Texts that a person has labelled, read from CSV or JSON Lines."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from schema.json_lines import JsonLineError, read_object, strip_line

#: Endings of JSON Lines; whatever ends otherwise is CSV.
_JSON_LINES = (".jsonl", ".ndjson", ".json")


class DataError(Exception):
    """The labelled texts cannot be used. One sentence, without any of the texts."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the label that a person gave it.

    Attributes:
        line: Where it is: the line of JSON Lines, the row of CSV, counted from 1 with the header.
    """

    line: int
    text: str
    label: str


def read_examples(path: Path, text: str, label: str) -> list[Example]:
    """Read the rows that have both a text and a label; others are passed over.

    Args:
        path: JSON Lines if its name says so, else CSV with a header; UTF-8.
        text: The column, or field, of the text.
        label: That of the label.

    Raises:
        DataError: If it cannot be read, or has no such columns, or no row with both.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            examples = list(_examples(path, file, text, label))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise DataError(f"cannot read {path} ({reason}); give CSV or JSON Lines in UTF-8") from None
    if not examples:
        raise DataError(f"{path} has no row with both {text!r} and {label!r}")
    return examples


def _examples(path: Path, file: IO[str], text: str, label: str) -> Iterator[Example]:
    rows = _objects(path, file) if path.suffix.lower() in _JSON_LINES else _rows(file)
    for line, row in rows:
        for column in (text, label):
            if column not in row:
                option = "--text" if column == text else "--label"
                raise DataError(
                    f"{path} line {line} has no {column!r}; name the column with {option}"
                )
        given = row[label]
        if isinstance(given, float) and given.is_integer():
            given = int(given)
        said, named = str(row[text] or ""), "" if given is None else str(given).strip()
        if said.strip() and named:
            yield Example(line, said, named)


def _rows(file: IO[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(min(sys.maxsize, 1 << 30))
    yield from enumerate(csv.DictReader(file), start=2)


def _objects(path: Path, file: IO[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(file, start=1):
        if stripped := strip_line(line):
            try:
                yield number, read_object(stripped)
            except JsonLineError as error:
                raise DataError(f"{path} line {number}: {error}; write one object a line") from None
