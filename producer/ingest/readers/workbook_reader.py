"""Rows of workbooks (.xlsx, .xls, .xlsb, .ods), through Calamine."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO, Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from producer.ingest.errors import EmptyInputError, IngestError, InputError
from producer.ingest.escaping import shown, shown_names
from producer.ingest.readers.delimited.dialect import Record
from producer.ingest.readers.delimited.header import Header, find_header
from producer.ingest.readers.files import damage
from producer.ingest.readers.formats import check_archive
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.readers.row import Row
from producer.ingest.readers.row_stream import RowStream, check_number

#: Rows that are looked at to find the header.
SAMPLE_ROWS = 100
#: Cells that a sheet may have from its first to its last one, blank ones too: all are in memory.
MOST_CELLS = 50_000_000
_FIX = "save the sheet as CSV"

_CELL = re.compile(rb'<c\b[^>]{0,200}?\br="([A-Z]{1,3})(\d{1,7})"')
_REPEATED = re.compile(rb'number-(?:columns|rows)-repeated="(\d{1,9})"')
_CHUNK = 1 << 20
#: Of a chunk the part that is looked at again with the next: a cell may be cut.
_OVERLAP = 512


def open_workbook(name: str, file: IO[Any], options: ReadingOptions) -> RowStream:
    """Read a sheet of a workbook; rows have their numbers in it.

    Args:
        name: The input.
        file: The workbook, which is read into memory.
        options: The sheet, and where its header is; without, the first sheet that has rows.

    Raises:
        IngestError: If there is no such sheet.
        InputError: If it is damaged, protected or a bomb.
    """
    with damage(name):
        is_zip = file.read(2) == b"PK"
        file.seek(0)
        if is_zip and not zipfile.is_zipfile(file):
            raise InputError(f"{name} is a damaged zip archive or workbook: its end is missing")
        file.seek(0)
        if is_zip:
            _check_bomb(name, file)
            file.seek(0)
        try:
            workbook = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
            sheet, notes = _choose_sheet(name, workbook, options)
        except CalamineError as error:
            said = "it is protected with a password" if "assword" in str(error) else str(error)
            raise InputError(f"{name} is a workbook that cannot be read: {shown(said)}") from None
        rows = list(sheet.to_python(skip_empty_area=False)) if sheet is not None else []
    header = _find_header(name, rows, options)
    read = [0]
    return RowStream(
        name,
        list(header.names),
        _rows(rows, header, read),
        lambda: read[0] / len(rows),
        notes + _header_notes(name, header, options),
    )


def _choose_sheet(
    name: str, workbook: CalamineWorkbook, options: ReadingOptions
) -> tuple[CalamineSheet | None, list[str]]:
    names = workbook.sheet_names
    if options.sheet is not None:
        alike = [one for one in names if one.casefold() == options.sheet.strip().casefold()]
        if not alike:
            raise IngestError(
                f"{name} has no sheet {options.sheet!r} (--sheet); it has: {shown_names(names)}"
            )
        return workbook.get_sheet_by_name(alike[0]), []
    visible = [one.name for one in workbook.sheets_metadata if str(one.visible).endswith("Visible")]
    first = None
    for one in visible or names:
        sheet = workbook.get_sheet_by_name(one)
        if sheet.height > 1 or (first is None and sheet.height):
            first = sheet
        if sheet.height > 1:
            break
    if first is None or len(names) == 1:
        return first, []
    return first, [
        f"{name}: sheet '{shown(first.name)}' of {len(names)} is read; another with --sheet"
    ]


def _find_header(name: str, rows: Sequence[Sequence[Any]], options: ReadingOptions) -> Header:
    start = max(0, (options.header_row or 1) - 1)
    records = [
        Record(number, [_written(cell) for cell in row])
        for number, row in enumerate(rows[start : start + SAMPLE_ROWS], start)
    ]
    records = [record for record in records if not record.is_blank]
    if not records:
        raise EmptyInputError(f"{name} has no rows")
    check_number(name, len(records[0].fields or ()))
    header = find_header(records, options.header_row)
    assert header is not None
    return header


def _header_notes(name: str, header: Header, options: ReadingOptions) -> list[str]:
    if options.header_row is not None:
        return []
    if header.index is None:
        return [f"{name} has no header: its columns are named by number"]
    return [f"{name}: the header is taken to be in row {header.index + 1}"] if header.index else []


def _rows(rows: list[list[Any]], header: Header, read: list[int]) -> Iterator[Row]:
    names = header.names
    for index, cells in enumerate(islice(rows, header.first_row, None), header.first_row):
        read[0] = index + 1
        values = [_value(cell) for cell in cells[: len(names)]]
        if any(value is not None for value in values):
            yield Row(index + 1, dict(zip(names, values, strict=False)))


def _value(cell: Any) -> Any:
    """A cell's value: workbooks know no whole numbers, and no nulls."""
    if type(cell) is float and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    return None if cell == "" else cell


def _written(cell: Any) -> str:
    return str(_value(cell)) if _value(cell) is not None else ""


def _check_bomb(name: str, file: IO[Any]) -> None:
    """Refuse what would fill the memory: members that unpack to far more than they are, or than
    they say, and sheets whose first and last cells are far apart."""
    check_archive(name, file, _FIX)
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
    for member in members:
        is_sheet = member.filename.startswith("xl/worksheets/") or member.filename == "content.xml"
        rows = columns = repeated = 0
        tail = b""
        for chunk in _unpacked(file, member):
            if not is_sheet:
                continue
            text = tail + chunk
            for column, row in _CELL.findall(text):
                rows = max(rows, int(row))
                columns = max(columns, _column_number(column))
            tail = text[-_OVERLAP:]
            repeated = max([repeated, *map(int, _REPEATED.findall(text))])
        if rows * columns > MOST_CELLS or (repeated > 1_048_576):
            raise InputError(
                f"{name} has a sheet of more than {MOST_CELLS:,} cells, blank ones counted; {_FIX}"
            )


def _unpacked(file: IO[Any], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a member, as those see it who do not go by the size that it says."""
    file.seek(member.header_offset + 26)
    name_size, extra_size = struct.unpack("<HH", file.read(4))
    file.seek(member.header_offset + 30 + name_size + extra_size)
    remaining, unpacked = member.compress_size, 0
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while remaining > 0 and (packed := file.read(min(_CHUNK, remaining))):
        remaining -= len(packed)
        if member.compress_type != zipfile.ZIP_DEFLATED:
            yield packed
            continue
        while packed:
            chunk = inflater.decompress(packed, _CHUNK)
            packed = inflater.unconsumed_tail
            unpacked += len(chunk)
            if unpacked > member.file_size:
                raise zipfile.BadZipFile("a part of it is longer than it says")
            yield chunk


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
