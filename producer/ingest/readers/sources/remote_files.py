"""Files on the network: `s3://` and `gs://` through pyarrow, all others through fsspec."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import pyarrow as pa
from pyarrow import fs

from producer.ingest.errors import EmptyInputError, IngestError, InputError
from producer.ingest.escaping import escaped
from producer.ingest.readers.files import damage
from producer.ingest.readers.formats import has_known_ending
from producer.ingest.readers.sources.byte_source import BUFFER, ByteSource, OpenedBytes

_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://", re.IGNORECASE)
#: Those that pyarrow reads without a further package.
_OF_PYARROW = ("s3", "gs", "gcs", "hdfs")
#: Parts of a URL's query that are another each time, or secret.
_SIGNATURE = re.compile(
    r"(?i)(x-amz-|x-goog-).*|signature|sig|expires|token|access_?token|key-pair-id|policy|"
    r"awsaccesskeyid|googleaccessid|s[eprtv]|api_?key"
)


def is_url(argument: str) -> bool:
    """Whether a PATH is on the network."""
    return _URL.match(argument) is not None


def find_remote(argument: str) -> list[ByteSource]:
    """The files that a URL names: itself, or those below it where it ends in a slash.

    Raises:
        IngestError: If there is none, or nothing can read such a URL.
    """
    scheme = argument.partition("://")[0].lower()
    name = _without_secrets(argument)
    if scheme not in _OF_PYARROW:
        return [_source(name, name, argument, partial(_open_with_fsspec, name, argument))]
    try:
        with damage(name):
            system, path = fs.FileSystem.from_uri(argument.replace("gcs://", "gs://"))
            info = system.get_file_info(path)
            if info.type == fs.FileType.Directory:
                below = system.get_file_info(fs.FileSelector(path, recursive=True))
                paths = sorted(one.path for one in below if one.type == fs.FileType.File)
            else:
                paths = [path]
    except (ValueError, pa.ArrowException) as error:
        if isinstance(error, IngestError):
            raise
        raise IngestError(f"{name} cannot be reached: {escaped(str(error))[:300]}") from None
    if info.type == fs.FileType.Directory:
        paths = [one for one in paths if has_known_ending(one)]
    if not paths:
        raise IngestError(f"{name} is a folder without a file that can be read")
    root = f"{scheme}://"
    return [
        _source(f"{root}{one}", f"{root}{one}", one, partial(_open_with_pyarrow, name, system, one))
        for one in paths
    ]


def _source(name: str, key: str, path: str, opened: Any) -> ByteSource:
    file_name = PurePosixPath(unquote(urlsplit(path).path)).name or "download"
    return ByteSource(name, file_name, key, checkable=True, remote=True, open=opened)


def _without_secrets(url: str) -> str:
    """A URL without its password, and without what signs it."""
    parts = urlsplit(url)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _SIGNATURE.fullmatch(name)
    ]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(query), ""))


@contextmanager
def _open_with_pyarrow(name: str, system: fs.FileSystem, path: str) -> Iterator[OpenedBytes]:
    with damage(name):
        file = system.open_input_file(path)
    with file:
        yield _opened(name, file, file.size())


@contextmanager
def _open_with_fsspec(name: str, url: str) -> Iterator[OpenedBytes]:
    try:
        import fsspec
    except ModuleNotFoundError:
        raise IngestError(f"{name}: install what reads URLs: pip install 'fsspec[http]'") from None
    try:
        system, path = fsspec.core.url_to_fs(url)
        # Of a server that gives no parts all is read in one go, and nothing twice.
        parts = {} if _gives_parts(system, path) else {"block_size": 0}
        file = system.open(path, "rb", **parts)
        size = getattr(file, "size", None)
    except (ImportError, ValueError) as error:
        raise IngestError(f"{name}: nothing can read this URL: {escaped(str(error))}") from None
    except FileNotFoundError as error:
        # fsspec says so of a server that it cannot reach, too.
        if isinstance(error.__cause__, OSError) and not isinstance(
            error.__cause__, FileNotFoundError
        ):
            raise InputError(f"{name} cannot be reached: no connection to the server") from None
        raise InputError(f"{name} does not exist") from None
    except Exception as error:
        # Each filesystem of fsspec has errors of its own.
        said = escaped(str(error).replace(url, name)[:300]) or type(error).__name__
        raise InputError(f"{name} cannot be reached: {said}") from None
    with file:
        yield _opened(name, _Guarded(file, can_seek=not parts), size)


def _gives_parts(system: Any, path: str) -> bool:
    if not str(path).startswith(("http://", "https://")):
        return True
    return bool(system.info(path).get("partial"))


class _Guarded(io.RawIOBase):
    """A file of fsspec that raises `OSError` whatever goes wrong on the network."""

    def __init__(self, file: Any, *, can_seek: bool) -> None:
        self._file = file
        self._can_seek = can_seek

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Whether the server gives parts."""
        return self._can_seek and bool(self._file.seekable())

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer."""
        try:
            data = self._file.read(len(buffer))
        except Exception as error:
            raise OSError(f"{type(error).__name__} while it was read") from error
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place."""
        return int(self._file.seek(offset, whence))


def _opened(name: str, file: Any, size: int | None) -> OpenedBytes:
    if size == 0:
        raise EmptyInputError(f"{name} is empty (0 bytes)")
    return OpenedBytes(io.BufferedReader(file, BUFFER), size)
