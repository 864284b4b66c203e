"""The layout of a CSV: its dialect, its header, and the line that its rows begin in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from producer.ingest.readers.delimited.cell_types import agrees, column_types
from producer.ingest.readers.delimited.dialect import (
    DELIMITERS,
    RARE_DELIMITERS,
    UNIT_SEPARATOR,
    Dialect,
    Record,
    possible_dialects,
    read_sample,
)
from producer.ingest.readers.delimited.header import Header, find_header, has_width, is_cut_short

#: Excel's own line above the header.
_SEP = re.compile(r'\ufeff?"?sep=(?P<delimiter>[^"\r\n]{1,3})"?\s*', re.IGNORECASE)
_COMMENT = re.compile(r"\ufeff?#(?:\s|#|!)")


@dataclass(frozen=True)
class Layout:
    """How a CSV is laid out.

    Attributes:
        dialect: What cuts its rows.
        header: Names of its columns, and where they stand.
        types: The type of each column; None where it is of words.
        agreement: Part of the sample's rows that are as wide as the header.
        is_of_prose: Whether the delimiter is likely a comma of one column's texts: no row is as
            wide as the header, and some are not cut at all.
    """

    dialect: Dialect
    header: Header
    types: tuple[str | None, ...]
    agreement: float
    is_of_prose: bool = False

    def is_row(self, line: str) -> bool:
        """Whether a line is a row for itself: as wide as the header, of the columns' types."""
        width = len(self.header.names)
        return any(
            has_width(fields, width) and agrees(fields, self.types)
            for fields in (self.dialect.cut(line), self.dialect.cut(line, quotes=False))
        )


def find_layout(
    lines: Sequence[str], *, delimiter: str | None, tabs: bool, header_row: int | None
) -> Layout:
    """Decide how to read a CSV.

    Args:
        lines: The first ones, blank ones above left out.
        delimiter: What the user says that cuts the rows.
        tabs: Whether the file is called TSV.
        header_row: Which of the lines is the header, from 1; 0 where there is none; None: find it.
    """
    start = 0
    if delimiter is None and (said := _SEP.fullmatch(lines[0])):
        delimiter = said["delimiter"]
        start = 1
    if header_row is None:
        start = _behind_comments(lines, start)
    elif header_row:
        start = max(start, header_row - 1)
    layouts = [
        layout
        for dialect in possible_dialects(lines, delimiter)
        if (layout := _layout(lines, dialect, start, header_row)) is not None
    ]
    best = max(layouts, key=lambda layout: _score(layout, lines, tabs), default=None)
    if best is None:
        raise ValueError("the header cannot be read")
    if delimiter is None and (best.is_of_prose or len(best.header.names) == 1):
        if (rare := _rare_layout(lines, start, header_row)) is not None:
            return rare
        best = _layout(lines, Dialect(UNIT_SEPARATOR), start, header_row) or best
        name = best.header.names[0]
        if '"' in name and any(mark in name for mark in DELIMITERS):
            raise ValueError("a quotation mark in the header is not closed")
    return best


def _rare_layout(lines: Sequence[str], start: int, header_row: int | None) -> Layout | None:
    if len(lines) < start + 2:
        return None
    for delimiter in RARE_DELIMITERS:
        layout = _layout(lines, Dialect(delimiter), start, header_row)
        if layout and len(layout.header.names) > 1 and layout.agreement == 1:
            return layout
    return None


def _behind_comments(lines: Sequence[str], start: int) -> int:
    """The first line that is no comment; the first of all where there are only such lines."""
    behind = start
    while behind < len(lines) and (_COMMENT.match(lines[behind]) or not lines[behind].strip()):
        behind += 1
    return behind if behind < len(lines) else start


def _layout(
    lines: Sequence[str], dialect: Dialect, start: int, header_row: int | None
) -> Layout | None:
    records = [record for record in read_sample(lines, dialect, start) if record.fields != []]
    header = find_header(records, header_row)
    if header is None:
        return None
    width = len(header.names)
    rows = [record for record in records if record.index >= header.first_row]
    readable = [record.fields for record in rows if record.fields]
    exact = [fields for fields in readable if has_width(fields, width)]
    shorter = [fields for fields in readable if is_cut_short(fields, width)]
    agreement = _agreement(rows, width, dialect, lines)
    widths = {len(row.fields) for row in rows if row.fields}
    is_of_prose = (
        not agreement
        and 1 in widths
        and len(widths) > 1
        and header.index is not None
        and _is_punctuation(dialect.delimiter, lines[header.index])
    )
    types = tuple(column_types(exact or shorter, width))
    return Layout(dialect, header, types, agreement, is_of_prose)


def _is_punctuation(delimiter: str, header: str) -> bool:
    """Whether each delimiter of the header stands as commas do in a sentence."""
    return delimiter in ",;" and header.count(delimiter) == header.count(f"{delimiter} ")


def _agreement(rows: Sequence[Record], width: int, dialect: Dialect, lines: Sequence[str]) -> float:
    rows = [row for row in rows if not row.is_blank]
    if all(row.fields is None for row in rows):
        # Nothing speaks against the usual way, and nothing for another.
        return float(not (dialect.escape or dialect.skip_space))
    as_wide = sum(has_width(row.fields, width) for row in rows)
    shorter = sum(is_cut_short(row.fields, width) for row in rows)
    # Of what cannot be read for its quotation marks, the delimiter may be right all the same.
    if not (dialect.escape or dialect.skip_space):
        broken = [dialect.cut(lines[row.index]) for row in rows if row.fields is None]
        shorter += sum(has_width(fields, width) for fields in broken)
    return (as_wide + 0.5 * shorter) / len(rows)


def _score(layout: Layout, lines: Sequence[str], tabs: bool) -> tuple[float, float, int, float]:
    """The higher, the likelier a layout: as CleverCSV has it, the wider of two that fit as well."""
    width = len(layout.header.names)
    pattern = layout.agreement * (1 - 1 / width)
    typed = sum(kind is not None for kind in layout.types) / width
    usual = tabs and layout.dialect.delimiter == "\t"
    return round(pattern, 6), float(usual), width, typed


def is_open_quote(lines: Sequence[str], layout: Layout) -> bool:
    """Whether each line of one record is a row for itself, so that the quotation mark in its first
    line was never closed, and the next one closed it by chance.

    Args:
        lines: The physical lines of a record of several.
        layout: Of the input.
    """
    width = len(layout.header.names)
    typed = any(layout.types)
    if width < 2 or not (typed or (width > 2 and len(lines) > 2)):
        return False
    return all(layout.is_row(line) for line in lines)
