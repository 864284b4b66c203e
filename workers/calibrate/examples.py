"""Texts that a person has labelled, read from CSV or JSON Lines."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from schema.json_lines import JsonLineError, read_object, strip_line

#: Endings of JSON Lines; whatever ends otherwise is CSV.
_JSON_LINES = (".jsonl", ".ndjson", ".json")


class DataError(Exception):
    """The labelled texts cannot be used. One sentence, without any of the texts."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a row has what.

    Attributes:
        label: What the person said: a class, an answer, or a list of entities.
        question: For answers: what was asked.
        may_be_empty: Whether an empty label says something: that there is no answer, no entity.
        strict: Whether what a model would learn wrongly is an error: an empty text, an entity whose
            first tag is no beginning, an answer that is not where the file says.
    """

    text: str
    label: str
    question: str | None = None
    may_be_empty: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A text with what a person said of it.

    Attributes:
        line: Where it is: the line of JSON Lines, the row of CSV, counted from 1 with the header.
        label: A string, unless JSON has something else there that is no number.
        starts: Where each answer begins, in characters; empty where the file does not say.
    """

    line: int
    text: str
    label: Any
    question: str = ""
    starts: Sequence[int] = ()


def read_examples(path: Path, columns: Columns) -> list[Example]:
    """Read the rows that have both a text and a label; others are passed over.

    Args:
        path: JSON Lines if its name says so, else CSV with a header; UTF-8.
        columns: Or fields.

    Raises:
        DataError: If it cannot be read, or has no such columns, or no row with both.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = _objects(path, file) if path.suffix.lower() in _JSON_LINES else _rows(file)
            examples = [one for line, row in rows if (one := _example(path, line, row, columns))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise DataError(f"cannot read {path} ({reason}); give CSV or JSON Lines in UTF-8") from None
    if not examples:
        raise DataError(f"{path} has no row with both {columns.text!r} and {columns.label!r}")
    return examples


def _example(path: Path, line: int, row: dict[str, Any], columns: Columns) -> Example | None:
    wanted = {"--text": columns.text, "--label": columns.label, "it": columns.question}
    for option, column in wanted.items():
        if column is not None and column not in row:
            raise DataError(f"{path} line {line} has no {column!r}; name the column with {option}")
    text, label = str(row[columns.text] or ""), _label(row[columns.label])
    if columns.strict and not text.strip():
        raise DataError(
            f"{path} line {line}, column {columns.text!r}: no text; write it, or leave the row out"
        )
    if not text.strip() or not (label or columns.may_be_empty):
        return None
    question = "" if columns.question is None else str(row[columns.question] or "")
    return Example(line, text, label, question, _starts(row))


def _starts(row: dict[str, Any]) -> Sequence[int]:
    """What a row says in `start`, a number, or a list of them."""
    given = row.get("start")
    starts = given if isinstance(given, list) else [given]
    return tuple(int(str(one)) for one in starts if str(one).isdecimal())


def _label(given: Any) -> Any:
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, list):
        return given
    return "" if given is None else str(given).strip()


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
