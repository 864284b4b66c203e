"""An opened input: its columns and its rows, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

from producer.ingest.errors import InputError
from producer.ingest.readers.files import ByteStream
from producer.ingest.readers.row import Reject, Row

#: Rows that are looked at before anything is decided about an input.
SAMPLE_ROWS = 200
#: Characters after which they are enough, however few.
SAMPLE_CHARACTERS = 8_000_000

Item = TypeVar("Item", Row, Row | Reject)


@dataclass(frozen=True)
class RowStream:
    """Rows of one input.

    Attributes:
        name: The input, as the user named it.
        columns: Their names; of a format without a header, those of the first rows.
        rows: Good rows and broken ones, in order.
        fraction: How much has been read, 0 to 1; None where nobody can know.
        notes: How it is read where that was found and not said, a sentence each.
        may_have_late_columns: Whether rows further down may have columns that the first have not.
        late: Some of those rows, where they have been looked for.
    """

    name: str
    columns: list[str]
    rows: Iterator[Row | Reject]
    fraction: Callable[[], float | None]
    notes: list[str] = field(default_factory=list)
    may_have_late_columns: bool = False
    late: list[Row] = field(default_factory=list)


def look_ahead(rows: Iterator[Item]) -> tuple[list[Item], Iterator[Item]]:
    """The first rows, and an iterator that still gives all of them."""
    sample: list[Item] = []
    characters = 0
    for row in rows:
        sample.append(row)
        characters += row.characters
        if _are_enough(len(sample), characters):
            break
    return sample, chain(sample, rows)


def _are_enough(rows: int, characters: int) -> bool:
    return rows >= SAMPLE_ROWS or characters >= SAMPLE_CHARACTERS


def object_stream(
    source: ByteStream, rows: Iterator[Row | Reject], fault: Callable[[Reject], str]
) -> RowStream:
    """Rows that are objects, of which the first ones tell the columns.

    Args:
        source: What they are read from.
        rows: All rows.
        fault: What the input is where no row is an object, said of the first one.

    Raises:
        InputError: If none of the first rows is an object.
    """
    sample, rows = look_ahead(rows)
    if sample and not any(isinstance(row, Row) for row in sample):
        first = sample[0]
        assert isinstance(first, Reject)
        raise InputError(f"{source.name} is {fault(first)}: {first.reason}")
    more = _are_enough(len(sample), sum(row.characters for row in sample))
    return RowStream(source.name, column_names(sample), rows, source.fraction, source.notes, more)


def unique_names(names: Iterable[str]) -> list[str]:
    """Names of columns; every one needs a name of its own in the metadata."""
    unique: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        name = name or f"column {place}"
        while name in unique:
            name = f"{name} {place}"
        unique[name] = None
    return list(unique)


#: Nobody means more, and each row holds them all in memory.
MOST_COLUMNS = 10_000


def check_number(name: str, columns: int) -> None:
    """Make sure that an input has no more columns than can be read.

    Raises:
        InputError: If it has.
    """
    if columns > MOST_COLUMNS:
        raise InputError(
            f"{name} has {columns} columns, more than the {MOST_COLUMNS} that can be read"
        )


def column_names(rows: Iterable[Row | Reject]) -> list[str]:
    """All fields of some rows, in the order in which they come."""
    names = {name: None for row in rows if isinstance(row, Row) for name in row.fields}
    return list(names)
