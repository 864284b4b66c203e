"""Files inside of a zip archive, each an input of its own."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from producer.ingest.errors import EmptyInputError, InputError
from producer.ingest.escaping import escaped
from producer.ingest.readers.files import Unpacked, damage
from producer.ingest.readers.formats import format_of, has_known_ending, is_workbook
from producer.ingest.readers.sources.byte_source import (
    BUFFER,
    ByteSource,
    OpenedBytes,
    seekable,
)

#: Members that an archive may have.
MOST_MEMBERS = 10_000


def members_of(source: ByteSource) -> list[ByteSource]:
    """The members of an archive that look like data; the source itself where it is no archive.

    A source that cannot be opened is itself, too: whoever reads it says why.
    """
    if not source.checkable:
        return [source]
    try:
        with source.open() as opened, damage(source.name):
            if format_of(source.name, opened.stream.peek(1 << 12)) != "zip":
                return [source]
            with seekable(opened.stream) as file:
                if is_workbook(file):
                    return [source]
                with zipfile.ZipFile(file) as archive:
                    names = [one.filename for one in archive.infolist() if not one.is_dir()]
    except InputError:
        return [source]
    names = [name for name in names if not _is_hidden(name)]
    known = [name for name in names if has_known_ending(name)]
    chosen = known or (names if len(names) == 1 else [])
    if not chosen or len(chosen) > MOST_MEMBERS:
        why = f"more than {MOST_MEMBERS:,} files" if chosen else "no file that can be read"
        return [replace(source, open=partial(_refuse, f"{source.name} is an archive with {why}"))]
    return [_member(source, name) for name in chosen]


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "__MACOSX")) for part in parts)


@contextmanager
def _refuse(said: str) -> Iterator[OpenedBytes]:
    raise InputError(said)
    yield


def _member(source: ByteSource, name: str) -> ByteSource:
    return replace(
        source,
        name=f"{source.name}/{escaped(name)}",
        file_name=PurePosixPath(name).name,
        key=f"{source.key}!{name}",
        open=partial(_open, source, name),
    )


@contextmanager
def _open(source: ByteSource, name: str) -> Iterator[OpenedBytes]:
    full = f"{source.name}/{escaped(name)}"
    with source.open() as opened, seekable(opened.stream) as file:
        with damage(full):
            archive = zipfile.ZipFile(file)
        with archive:
            info = archive.getinfo(name)
            try:
                with damage(full):
                    member = archive.open(info)
            except RuntimeError:
                raise InputError(f"{full} is encrypted; unpack it first") from None
            with member:
                if not info.file_size:
                    raise EmptyInputError(f"{full} is empty (0 bytes)")
                stream = Unpacked(full, member, lambda: info.compress_size)
                yield OpenedBytes(io.BufferedReader(stream, BUFFER), info.file_size)
