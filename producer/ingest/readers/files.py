"""Opening files: decompressed on the way, and refused early when they cannot be what they claim."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from producer.ingest.errors import EmptyInputError, IngestError
from producer.ingest.escaping import escaped
from producer.ingest.readers.encoding import KEEP_BROKEN, choose_encoding
from producer.ingest.readers.limits import check_unpacked

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
#: First bytes; those of zstd also where a frame to be skipped comes first (RFC 8878, 3.1.2).
_COMPRESSED = {
    "gzip": re.compile(rb"\x1f\x8b"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|.\x2a\x4d\x18"),
}
BUFFER = 1 << 18
#: Characters of an error of the operating system, or of a library.
MOST_SAID = 300

#: First bytes of what is sometimes taken for text.
_TAKEN_FOR_TEXT = {
    b"PAR1": "is a Parquet file; name it ….parquet",
    b"\x1f\x8b": "is compressed with gzip; name it ….gz",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd; name it ….zst",
    b"PK\x03\x04": "is an Excel workbook or a zip archive; export it as CSV",
    b"SQLite format 3\0": "is a SQLite database; read it with 'sql:sqlite:///FILE SELECT …'",
}


@dataclass(frozen=True)
class ByteStream:
    """Decompressed bytes of an input.

    Attributes:
        name: As the user named it.
        stream: The bytes.
        fraction: How much of it has been read, 0 to 1; None where nobody can know.
    """

    name: str
    stream: io.BufferedReader[Any]
    fraction: Callable[[], float | None]

    def as_text(self, encoding: str | None, newline: str) -> io.TextIOWrapper:
        """Decode; bytes that are broken are marked as `producer.ingest.readers.encoding` says.

        Raises:
            IngestError: If this is no text, or the encoding cannot be right.
        """
        head = self.stream.peek(4096)[:4096]
        if not head:
            raise EmptyInputError(f"{self.name} is empty")
        for magic, said in _TAKEN_FOR_TEXT.items():
            if head.startswith(magic):
                raise IngestError(f"{self.name} {said}")
        codec = choose_encoding(self.name, head, encoding)
        return io.TextIOWrapper(self.stream, codec, errors=KEEP_BROKEN, newline=newline)


@contextmanager
def damage(name: str) -> Iterator[None]:
    """Turn what a damaged input raises, while it is read, into one sentence."""
    try:
        yield
    except (OSError, UnicodeError, pa.ArrowException) as error:
        said = " ".join((getattr(error, "strerror", None) or str(error)).split()).rstrip(".")
        if "Truncated" in said:
            raise IngestError(f"{name} is cut off: its last part is missing") from None
        said = escaped(said[:MOST_SAID]) or type(error).__name__
        raise IngestError(f"{name} cannot be read: {said}") from None


def check_file(path: Path) -> None:
    """Make sure that a file is there and not empty.

    Raises:
        IngestError: If not.
    """
    with damage(str(path)):
        there = path.exists()
    if not there:
        raise IngestError(f"{path} does not exist")
    if path.is_dir():
        raise IngestError(f"{path} is a directory; name the files in it, e.g. {path}/*.csv")
    if not path.is_file():
        # A pipe can be opened once only.
        return
    with damage(str(path)), path.open("rb") as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise EmptyInputError(f"{path} is empty (0 bytes)")


@contextmanager
def open_file(path: Path) -> Iterator[ByteStream]:
    """Open a file, decompressing `.gz` and `.zst`.

    Raises:
        IngestError: If it cannot be opened.
    """
    with damage(str(path)):
        raw = path.open("rb")
    with raw:
        size = os.fstat(raw.fileno()).st_size
        stream: Any = raw
        if compression := COMPRESSIONS.get(path.suffix.lower()):
            if not _COMPRESSED[compression].match(raw.peek(4)):
                raise IngestError(f"{path} is not compressed with {compression}, as its name says")
            # It notices a stream that ends too early, which zstandard's reader does not.
            unpacked = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), compression)
            stream = _Unpacked(str(path), unpacked, raw)
        buffered = io.BufferedReader(stream, BUFFER)
        yield ByteStream(str(path), buffered, lambda: raw.tell() / size if size else None)


class _Unpacked(io.RawIOBase):
    """Unpacked bytes, unless they are too many for what they are unpacked from."""

    def __init__(self, name: str, stream: Any, packed: io.BufferedReader) -> None:
        self._name = name
        self._stream = stream
        self._packed = packed
        self._read = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer.

        Raises:
            IngestError: If this looks like a bomb.
        """
        count: int = self._stream.readinto(buffer)
        self._read += count
        check_unpacked(self._name, self._read, self._packed.tell(), "unpack it yourself first")
        return count


def standard_input() -> ByteStream:
    """Standard input as bytes.

    Raises:
        IngestError: If whoever started us has closed it.
    """
    if sys.stdin is None:
        raise IngestError("standard input is closed; name a file, or write to the pipe")
    raw: Any = sys.stdin.buffer
    buffered = io.BufferedReader(raw, BUFFER)
    return ByteStream("-", buffered, lambda: None)
