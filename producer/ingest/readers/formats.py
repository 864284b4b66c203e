"""Formats of files, told by their first bytes; names are asked only where bytes leave it open."""

from __future__ import annotations

import re
import zipfile
from pathlib import PurePath
from typing import IO, Any

from producer.ingest.errors import InputError
from producer.ingest.readers.limits import check_unpacked

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
#: First bytes; those of zstd also where a frame to be skipped comes first (RFC 8878, 3.1.2).
_COMPRESSED = {
    "gzip": re.compile(rb"\x1f\x8b"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
}

#: Endings of text, of other files, and of archives, that a folder is looked through for.
LINES = (".jsonl", ".ndjson")
TEXTS = (".csv", ".tsv", ".tab", ".txt", ".json", ".geojson", *LINES)
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_ENDINGS = (*TEXTS, *WORKBOOKS, ".parquet", ".zip")

_FORMATS = (
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),
)
#: First bytes of what cannot be read, and the way out.
_OTHERS = (
    (b"SQLite format 3\0", "is a SQLite database; read it with 'sql:sqlite:///FILE SELECT …'"),
    (b"BZh", "is compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ\0", "is compressed with xz; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive; unpack it first"),
    (b"Rar!", "is a RAR archive; unpack it first"),
    (b"%PDF", "is a PDF, not a table; export the feedback as CSV or JSON"),
    (b"\x89PNG", "is a picture, not a table"),
    (b"\xff\xd8\xff", "is a picture, not a table"),
    (b"ORC", "is an ORC file; write it as Parquet"),
    (b"Obj\x01", "is an Avro file; write it as Parquet or JSON Lines"),
    (b"ARROW1", "is an Arrow file; write it as Parquet"),
    (b"{\\rtf", "is a text document, not a table; export the feedback as CSV or JSON"),
)
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table|!--)", re.IGNORECASE)
_JSON = re.compile(r'[\ufeff\s]*(?:\{\s*["}]|\[\s*[\[\]{"0-9tfn-])')


def inner_name(file_name: str) -> str:
    """A file's name without the ending of its compression."""
    path = PurePath(file_name)
    return path.stem if path.suffix.lower() in COMPRESSIONS else path.name


def has_known_ending(file_name: str) -> bool:
    """Whether a file in a folder or an archive is likely meant."""
    return PurePath(inner_name(file_name)).suffix.lower() in _ENDINGS


def compression_of(name: str, head: bytes) -> str | None:
    """What a file is compressed with.

    Raises:
        InputError: If its name says one and it is not.
    """
    for compression, magic in _COMPRESSED.items():
        if magic.match(head):
            return compression
    said = COMPRESSIONS.get(PurePath(name).suffix.lower())
    if said is not None:
        raise InputError(f"{name} is not compressed with {said}, as its name says")
    return None


def format_of(name: str, head: bytes) -> str:
    """`parquet`, `zip`, `workbook` or `text`.

    Args:
        name: The input.
        head: Its first bytes.

    Raises:
        InputError: If it is none of these; the message says what to do.
    """
    for magic, kind in _FORMATS:
        # A line of text may read the same as the magic of Parquet, in which no line ends there.
        if head.startswith(magic) and not (kind == "parquet" and head[4:5] in (b"\n", b"\r")):
            return kind
    for magic, said in _OTHERS:
        if head.startswith(magic):
            raise InputError(f"{name} {said}")
    path = PurePath(name)
    if path.suffix.lower() in COMPRESSIONS:
        path = path.with_suffix("")
    ending = path.suffix.lower()
    if _MARKUP.match(head):
        raise InputError(
            f"{name} is HTML or XML, not a table; open it in a spreadsheet and save it as .xlsx"
        )
    if ending == ".parquet":
        raise InputError(
            f"{name} is not Parquet, or was not written to its end (it has no valid footer)"
        )
    if ending not in TEXTS and _is_binary(head):
        raise InputError(
            f"{name}: cannot tell its format; known are CSV, TSV, JSON, JSON Lines, each also "
            ".gz or .zst, Excel and OpenDocument workbooks, Parquet, and .zip archives of these"
        )
    return "text"


def _is_binary(head: bytes) -> bool:
    head = head[: 1 << 14]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) * 5 > len(head):
        return False
    controls = sum(byte < 9 or 13 < byte < 27 for byte in head)
    return controls * 50 > len(head)


def is_json(text: str) -> bool:
    """Whether a text begins as JSON does; a CSV's header may begin with a bracket, too."""
    return _JSON.match(text) is not None


def is_workbook(file: IO[Any]) -> bool:
    """Whether a zip archive is a workbook of Excel or OpenDocument."""
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
    return bool(names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"})


def check_archive(name: str, file: IO[Any], fix: str) -> None:
    """Refuse an archive that says itself that it unpacks to far more than it is.

    Raises:
        InputError: If it does.
    """
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    check_unpacked(name, unpacked, packed, fix)
