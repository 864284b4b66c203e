"""The file of rejects, `<run>.rejects.jsonl`: every rejected row once, however often it is read."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from producer.ingest.errors import IngestError
from producer.ingest.readers.row import Reject
from schema.private_files import OTHERS, make_private_folder


class RejectsFile:
    """Appends rejects that the file does not have yet; several processes may do so at once.

    Args:
        path: The file; it is made with the first reject.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: set[int] = set()
        #: Where the part that has been read, or written by us, ends.
        self._end = 0

    def append(self, rejects: Iterable[Reject]) -> None:
        """Write rejects down to the disk.

        Raises:
            IngestError: If the file cannot be written, or is another one behind a link.
        """
        lines = [reject.as_json().encode() + b"\n" for reject in rejects]
        if not lines:
            return
        try:
            make_private_folder(self.path.parent)
            with self._open() as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                self._read_others(file)
                self._write(file, lines)
        except OSError as error:
            raise IngestError(
                f"cannot write the rejects to {self.path} ({error.strerror}); "
                "name a folder in TRIAGE_REJECTS"
            ) from None

    def _open(self) -> BinaryIO:
        """The file, which is made if it is not there.

        Raises:
            IngestError: If what has its name may be somebody's trap for rejected rows.
            OSError: If it cannot be opened.
        """
        try:
            # Not "a": what a killed process has left half-written is written over.
            number = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            raise self._refusal("it is a symbolic link") from None
        try:
            found = os.fstat(number)
            self._check(found)
            if found.st_mode & OTHERS and found.st_uid == os.geteuid():
                os.fchmod(number, 0o600)
        except BaseException:
            os.close(number)
            raise
        return os.fdopen(number, "rb+")

    def _check(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise self._refusal("it is no regular file")
        if found.st_nlink > 1:
            raise self._refusal("it has other names as well (hard links)")
        # As Linux has it in `fs.protected_regular`; some file systems have one owner for all.
        if found.st_uid not in (os.geteuid(), self.path.parent.stat().st_uid):
            raise self._refusal("it belongs to another user")

    def _refusal(self, reason: str) -> IngestError:
        return IngestError(
            f"rejects are not written to {self.path}: {reason}; remove it, or name another folder "
            "in TRIAGE_REJECTS"
        )

    def _read_others(self, file: BinaryIO) -> None:
        """Read what earlier or other ingestions have written, and cut off half a line."""
        file.seek(self._end)
        for line in file:
            if not line.endswith(b"\n"):
                break
            self._seen.add(_key(line))
            self._end += len(line)
        file.seek(self._end)
        file.truncate()

    def _write(self, file: BinaryIO, lines: Iterable[bytes]) -> None:
        for line in lines:
            key = _key(line)
            if key not in self._seen:
                self._seen.add(key)
                file.write(line)
                self._end += len(line)
        file.flush()
        os.fsync(file.fileno())


def _key(line: bytes) -> int:
    """Of a line without its column and its fix, which older versions did not write."""
    end = line.rfind(b', "column": ')
    line = line[:end] if end >= 0 else line.removesuffix(b"}\n")
    return int.from_bytes(blake2b(line, digest_size=8).digest())
