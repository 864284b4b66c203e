"""An opened input: its columns and its rows, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeVar

from producer.ingest.row import Reject, Row

#: Rows that are looked at before anything is decided about an input.
SAMPLE_ROWS = 200

Item = TypeVar("Item")


@dataclass(frozen=True)
class RowStream:
    """Rows of one input.

    Attributes:
        name: The input, as the user named it.
        columns: Their names; of a format without a header, those of the first rows.
        rows: Good rows and broken ones, in order.
        fraction: How much has been read, 0 to 1; None where nobody can know.
    """

    name: str
    columns: list[str]
    rows: Iterator[Row | Reject]
    fraction: Callable[[], float | None]


def look_ahead(rows: Iterator[Item]) -> tuple[list[Item], Iterator[Item]]:
    """The first rows, and an iterator that still gives all of them."""
    sample = list(islice(rows, SAMPLE_ROWS))
    return sample, chain(sample, rows)
