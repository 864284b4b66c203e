"""What the tests of reading share: a file with given bytes, opened as `triage ingest` opens it."""

from __future__ import annotations

from pathlib import Path

from producer.ingest.readers.input import parse_input
from producer.ingest.readers.row import Reject, Row


def read_path(
    path: Path | str, encoding: str | None = None, text_limit: int = 1000
) -> tuple[list[str], list[Row], list[Reject]]:
    """Columns, good rows and rejects of an input."""
    with parse_input(str(path), encoding, text_limit).open() as stream:
        items = list(stream.rows)
    good = [item for item in items if isinstance(item, Row)]
    return stream.columns, good, [item for item in items if isinstance(item, Reject)]


def read_bytes(
    folder: Path, name: str, content: bytes, encoding: str | None = None
) -> tuple[list[str], list[Row], list[Reject]]:
    """The same of a file with this content."""
    path = folder / name
    path.write_bytes(content)
    return read_path(path, encoding)
