"""Columns that the first rows of JSON do not have: a field may be met far down for the first time.

So the whole input is read once to find them, before anything is decided, with a few of the rows
that have them kept; memory is the same for any file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import MOST_COLUMNS, SAMPLE_CHARACTERS

#: Characters that are read for this, of a file and of what comes through a network.
MOST_CHARACTERS = 1 << 31
MOST_REMOTE_CHARACTERS = 1 << 26
#: Rows that are kept for each column.
_ROWS = 20


@dataclass
class LateColumns:
    """What was found.

    Attributes:
        names: Columns beside those of the first rows.
        rows: Some of those that have them.
    """

    names: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def find_late_columns(
    rows: Iterator[Row | Reject], columns: Sequence[str], most_characters: int
) -> LateColumns:
    """Read on to the end, or to the limit.

    Args:
        rows: All rows of the input.
        columns: Those of its first rows.
        most_characters: The limit.
    """
    late = LateColumns()
    known = set(columns)
    wanted: dict[str, int] = {}
    characters = kept = 0
    for row in rows:
        characters += row.characters
        if characters > most_characters or len(known) >= MOST_COLUMNS:
            break
        if not isinstance(row, Row):
            continue
        if not row.fields.keys() <= known:
            for name in row.fields:
                if name not in known:
                    known.add(name)
                    late.names.append(name)
                    wanted[name] = _ROWS
        if wanted and not wanted.keys().isdisjoint(row.fields) and kept < SAMPLE_CHARACTERS:
            late.rows.append(row)
            kept += row.characters
            for name in wanted.keys() & row.fields.keys():
                wanted[name] -= 1
                if not wanted[name]:
                    del wanted[name]
    return late
