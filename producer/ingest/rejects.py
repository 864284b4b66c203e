"""The file of rejects, `<run>.rejects.jsonl`: every rejected row once, however often it is read."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from producer.ingest.error import IngestError
from producer.ingest.row import Reject


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
            IngestError: If the file cannot be written.
        """
        lines = [reject.as_json().encode() + b"\n" for reject in rejects]
        if not lines:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Not "a": what a killed process has left half-written is written over.
            with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "rb+") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                self._read_others(file)
                self._write(file, lines)
        except OSError as error:
            raise IngestError(
                f"cannot write the rejects to {self.path} ({error.strerror}); "
                "name a folder in TRIAGE_REJECTS"
            ) from None

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
    return int.from_bytes(blake2b(line, digest_size=8).digest())
