"""The bytes of an input, wherever they are."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

#: Bytes that are read at once, and that are looked at before anything is decided.
BUFFER = 1 << 20
#: Bytes of a copy that are kept in memory before it goes to a file.
_IN_MEMORY = 1 << 24


@dataclass(frozen=True)
class OpenedBytes:
    """Opened bytes.

    Attributes:
        stream: The bytes, as they are.
        size: How many there are; None where nobody can know.
    """

    stream: io.BufferedReader[Any]
    size: int | None


@dataclass(frozen=True)
class ByteSource:
    """Bytes that can be opened.

    Attributes:
        name: As the user named it, without a password.
        file_name: The last part of its name.
        key: The same for two sources only if they are the same one.
        checkable: Whether it can be opened more than once.
        remote: Whether it comes through a network.
        open: Opens it; raises InputError.
    """

    name: str
    file_name: str
    key: str
    checkable: bool
    remote: bool
    open: Callable[[], AbstractContextManager[OpenedBytes]]


@contextmanager
def seekable(stream: io.BufferedReader[Any]) -> Iterator[io.BufferedReader[Any]]:
    """The stream itself, or, where it can be read once only, a private copy that lasts as long."""
    if stream.seekable():
        yield stream
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        shutil.copyfileobj(stream, copy, BUFFER)
        copy.seek(0)
        copy.rollover()
        yield io.BufferedReader(copy, BUFFER)
