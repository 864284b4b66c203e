"""The header of a CSV: which record it is, if there is one, and the names that it gives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from producer.ingest.readers.delimited.cell_types import cell_type, column_types
from producer.ingest.readers.delimited.dialect import Record
from producer.ingest.readers.row_stream import unique_names

#: Records above a header that reporting tools write: a title, a date, filters.
_MOST_PREAMBLE = 30
#: Characters and words of a name; what is longer is a title, a question or somebody's words.
_NAME_CHARACTERS = 40
_NAME_WORDS = 5
#: Words of a header beside which a number is the name of a column, too.
_NAME = re.compile(
    r"(?i)text|review|comment|feedback|message|body|content|title|name|(?:^|[^a-z])id(?:$|[^a-z])|"
    r"date|time|created|rating|stars?|score|lang|product|source|label|kommentar|bewertung|commentaire"
)
#: What SurveyMonkey writes below a question that has no columns of its own.
_ANSWERS = frozenset({"response", "open-ended response", "other (please specify)"})
_IMPORT_ID = re.compile(r'\s*\{\s*"ImportId"')


@dataclass(frozen=True)
class Header:
    """The header of a CSV.

    Attributes:
        names: Of the columns, each its own; numbers from 1 where there is no header.
        index: The line that the header is in; None where there is none.
        first_row: The line that rows begin in.
        skipped: What was passed over, in words, for the user.
    """

    names: tuple[str, ...]
    index: int | None
    first_row: int
    skipped: str = ""


def has_width(fields: list[str] | None, width: int) -> bool:
    """Whether a record has a field for each column, and nothing in any further one."""
    return fields is not None and len(fields) >= width and not any(map(str.strip, fields[width:]))


def is_cut_short(fields: list[str] | None, width: int) -> bool:
    """Whether blank fields may have been left out at the end, as Excel does."""
    return fields is not None and 2 <= len(fields) < width


def find_header(records: Sequence[Record], header_row: int | None) -> Header | None:
    """The header of the records of a sample; None where nothing can be read.

    Args:
        records: Those behind what is no header for sure.
        header_row: 0: there is none; None: find it; else the first record is it.
    """
    readable = [index for index, record in enumerate(records) if record.fields]
    if not readable:
        return None
    if header_row == 0:
        return _numbered(records[readable[0] :])
    if records[0].fields is None:
        return None
    place = 0 if header_row else _below_preamble(records)
    if header_row is None and _is_row(records, place):
        return _numbered(records[place:])
    return _with_names(records, place)


def _numbered(records: Sequence[Record]) -> Header:
    widths = Counter(len(record.fields) for record in records if record.fields)
    width = max(widths, key=lambda one: (widths[one], one))
    names = tuple(str(number) for number in range(1, width + 1))
    return Header(names, None, records[0].index)


def _with_names(records: Sequence[Record], place: int) -> Header:
    names = [name.lstrip("\ufeff").strip() for name in records[place].fields or ()]
    rows = records[place + 1 :]
    below = 0
    skipped = ""
    if len(rows) > 1 and _has_import_ids(rows[1]):
        below, skipped = 2, "the second and third header row of Qualtrics"
    elif rows and _has_import_ids(rows[0]):
        below, skipped = 1, "the second header row of Qualtrics"
    elif rows and _is_second_header(names, rows[0]):
        below, skipped = 1, "the second header row of SurveyMonkey"
        names = _with_answers(names, rows[0].fields or [])
    first_row = rows[below].index if below < len(rows) else records[-1].index + 1
    # A delimiter too many ends the header where it ends no row.
    widest = max((len(row.fields) for row in rows[below:] if row.fields), default=len(names))
    while len(names) > max(1, widest) and not names[-1]:
        names.pop()
    return Header(tuple(unique_names(names)), records[place].index, first_row, skipped)


def _below_preamble(records: Sequence[Record]) -> int:
    """Which record the header is: the first, unless what is above the rows is a report's title."""
    widths = Counter(len(record.fields) for record in records if record.fields)
    width = max(widths, key=lambda one: (widths[one], one))
    first = records[0].fields or []
    if width < 2 or (len(first) >= width and not _is_mostly_blank(first)):
        return 0
    for place, record in enumerate(records[1:_MOST_PREAMBLE], 1):
        above = records[place - 1]
        if has_width(record.fields, width) and _names_columns(record.fields or [], width):
            return place if _has_rows(records[place + 1 :], width) else 0
        # A row whose text is cut by a comma too many is wider than its header; a title is not cut,
        # or a blank line follows.
        if not _is_title(above) and record.index == above.index + 1:
            return 0
    return 0


def _is_title(record: Record) -> bool:
    fields = record.fields or []
    return len([field for field in fields if field.strip()]) < 2 or _is_mostly_blank(fields)


def _has_rows(records: Sequence[Record], width: int) -> bool:
    """Whether a table follows: nearly all records are as wide, and columns have types."""
    rows = [record.fields for record in records if record.fields and not record.is_blank]
    table = [fields for fields in rows if has_width(fields, width)]
    if not table or len(table) < 0.6 * len(rows):
        return False
    return any(column_types(table, width)) or (width > 2 and len(table) > 2)


def _names_columns(fields: Sequence[str], width: int) -> bool:
    names = [field.strip() for field in fields[:width]]
    return all(names) and len(set(names)) == width and not any(map(cell_type, names))


def _is_mostly_blank(fields: Sequence[str]) -> bool:
    return 2 * sum(not field.strip() for field in fields) > len(fields)


def _is_row(records: Sequence[Record], place: int) -> bool:
    """Whether what should be the header is a row like the others: a cell has the type of its
    column, and the others name nothing, or two have such types. To take a customer's words for the
    names of columns would print them."""
    fields = records[place].fields or []
    below = [record.fields for record in records[place + 1 :] if record.fields]
    below = [row for row in below if len(row) == len(fields)]
    if not below:
        return False
    types = column_types(below, len(fields))
    alike = sum(
        kind is not None and cell_type(field) == kind
        for field, kind in zip(fields, types, strict=True)
    )
    if alike == 1:
        return any(map(_is_long, fields)) or not any(map(_NAME.search, fields))
    return alike > 1


def _is_long(field: str) -> bool:
    return len(field) > _NAME_CHARACTERS or len(field.split()) > _NAME_WORDS


def _has_import_ids(record: Record) -> bool:
    fields = [field for field in record.fields or () if field.strip()]
    return bool(fields) and all(map(_IMPORT_ID.match, fields))


def _is_second_header(names: Sequence[str], record: Record) -> bool:
    """Blank below the respondent's id, and what kind of answer it is below each question."""
    fields = record.fields or []
    if len(fields) != len(names) or fields[0].strip() or not names[0]:
        return False
    said = [field.strip().casefold() for field in fields]
    return (
        bool(_ANSWERS & set(said))
        and all(
            one in _ANSWERS or not one or not name or "other" in one
            for name, one in zip(names, said, strict=True)
        )
        or (names[0].casefold() == "respondent id" and any(said))
    )


def _with_answers(names: Sequence[str], answers: Sequence[str]) -> list[str]:
    """Columns of one question, which has a name above the first of them only."""
    full: list[str] = []
    question = ""
    for name, answer in zip(names, answers, strict=True):
        question = name or question
        full.append(name or f"{question}: {answer.strip()}")
    return full
