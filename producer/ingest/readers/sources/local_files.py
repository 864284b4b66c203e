"""Files of this machine: one, those of a folder, those that a pattern names."""

from __future__ import annotations

import glob
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

from producer.ingest.errors import EmptyInputError, IngestError
from producer.ingest.escaping import escaped
from producer.ingest.readers.encoding import is_broken
from producer.ingest.readers.files import damage
from producer.ingest.readers.formats import has_known_ending
from producer.ingest.readers.sources.byte_source import BUFFER, ByteSource, OpenedBytes

#: Files that a folder may have; more are a mistake, such as the folder of a whole disk.
MOST_FILES = 10_000


def find_files(argument: str) -> list[Path]:
    """The files that a PATH names: itself, those in a folder and below, those of a pattern.

    Raises:
        IngestError: If there is none.
    """
    path = Path(argument)
    with damage(argument):
        there, is_folder = path.exists(), path.is_dir()
    if is_folder:
        files = list(_files_below(path))
        if not files:
            raise IngestError(f"{argument} is a folder without a file that can be read")
        return files
    if there or not glob.has_magic(argument):
        if not there:
            raise IngestError(f"{argument} does not exist")
        return [path]
    matches = sorted(glob.glob(argument, recursive=True))
    files = [file for match in matches if (file := Path(match)).is_file()]
    if not files:
        raise IngestError(f"{argument} matches no file")
    return files


def _files_below(folder: Path) -> Iterator[Path]:
    count = 0
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__MACOSX")))
        for name in sorted(names):
            if name.startswith(".") or not has_known_ending(name):
                continue
            count += 1
            if count > MOST_FILES:
                raise IngestError(f"{folder} has more than {MOST_FILES:,} files; name fewer")
            yield Path(parent, name)


def file_source(path: Path) -> ByteSource:
    """A file.

    Raises:
        IngestError: If its name cannot be written.
    """
    if is_broken(str(path)):
        raise IngestError(f"{escaped(str(path))}: this name is not UTF-8; rename the file")
    return ByteSource(
        name=str(path),
        file_name=path.name,
        key=str(path.resolve()),
        # A pipe can be opened once only.
        checkable=path.is_file(),
        remote=False,
        open=partial(_open, path),
    )


@contextmanager
def _open(path: Path) -> Iterator[OpenedBytes]:
    with damage(str(path)):
        raw = cast("io.BufferedReader[Any]", path.open("rb", buffering=BUFFER))
    with raw:
        size = os.fstat(raw.fileno()).st_size
        if not size and path.is_file():
            raise EmptyInputError(f"{path} is empty (0 bytes)")
        yield OpenedBytes(raw, size or None)
