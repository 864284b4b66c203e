"""Bytes of a text on their way to a reader: decompressed, decoded, and refused early when they
cannot be what they claim."""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from producer.ingest.errors import EmptyInputError, InputError
from producer.ingest.escaping import escaped
from producer.ingest.readers.encoding import KEEP_BROKEN, ChosenEncoding, choose_encoding
from producer.ingest.readers.limits import check_unpacked

BUFFER = 1 << 18
#: Characters of an error of the operating system, or of a library.
MOST_SAID = 300


@dataclass
class ByteStream:
    """Decompressed bytes of an input.

    Attributes:
        name: As the user named it.
        stream: The bytes.
        fraction: How much of it has been read, 0 to 1; None where nobody can know.
        notes: How it is read where that was found and not said.
    """

    name: str
    stream: io.BufferedReader[Any]
    fraction: Callable[[], float | None]
    notes: list[str] = field(default_factory=list)
    _chosen: ChosenEncoding | None = None

    def as_text(self, encoding: str | None, newline: str) -> io.TextIOWrapper:
        """Decode; bytes that are broken are marked as `producer.ingest.readers.encoding` says.

        Raises:
            InputError: If this is no text, or the encoding cannot be right.
        """
        codec = self._codec(encoding)
        return io.TextIOWrapper(self.stream, codec, errors=KEEP_BROKEN, newline=newline)

    def begin(self, encoding: str | None) -> str:
        """The begin of the text, which is still read afterwards.

        Raises:
            InputError: As `as_text`.
        """
        return self.head().decode(self._codec(encoding), "replace")

    def head(self) -> bytes:
        """The first bytes, which are still read afterwards.

        Raises:
            InputError: If there are none.
        """
        head = self.stream.peek(BUFFER)
        if not head:
            raise EmptyInputError(f"{self.name} is empty")
        return head

    def _codec(self, encoding: str | None) -> str:
        if self._chosen is None:
            self._chosen = choose_encoding(self.name, self.head(), encoding)
            if self._chosen.is_guess:
                self.notes.append(
                    f"{self.name} is not UTF-8 and is read as {self._chosen.codec}; if that is "
                    "wrong, give --encoding"
                )
        return self._chosen.codec


@contextmanager
def damage(name: str) -> Iterator[None]:
    """Turn what a damaged input raises, while it is read, into one sentence."""
    try:
        yield
    except (
        *(OSError, EOFError, UnicodeError, pa.ArrowException),
        *(zipfile.BadZipFile, zlib.error, NotImplementedError),
    ) as error:
        said = " ".join((getattr(error, "strerror", None) or str(error)).split()).rstrip(".")
        if "Truncated" in said or isinstance(error, EOFError):
            raise InputError(f"{name} is cut off: its last part is missing") from None
        said = escaped(said[:MOST_SAID]) or type(error).__name__
        raise InputError(f"{name} cannot be read: {said}") from None


def unpack(name: str, raw: io.BufferedReader[Any], compression: str) -> io.BufferedReader[Any]:
    """What compressed bytes unpack to, as long as that is no bomb."""
    # It notices a stream that ends too early, which zstandard's reader does not.
    unpacked = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), compression)
    return io.BufferedReader(Unpacked(name, unpacked, raw.tell), BUFFER)


class Unpacked(io.RawIOBase):
    """Unpacked bytes, unless they are too many for what they are unpacked from.

    Args:
        name: The input.
        stream: Gives the unpacked bytes.
        packed: How many packed bytes have been read so far.
    """

    def __init__(self, name: str, stream: Any, packed: Callable[[], int]) -> None:
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
            InputError: If this looks like a bomb.
        """
        count: int = self._stream.readinto(buffer)
        self._read += count
        check_unpacked(self._name, self._read, self._packed(), "unpack it yourself first")
        return count


def standard_input() -> ByteStream:
    """Standard input as bytes.

    Raises:
        InputError: If whoever started us has closed it.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed; name a file, or write to the pipe")
    raw: Any = sys.stdin.buffer
    buffered = io.BufferedReader(raw, BUFFER)
    return ByteStream("-", buffered, lambda: None)
