"""What the tests of reading share: a file with given bytes, opened as `triage ingest` opens it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from producer.ingest.readers.input import parse_inputs
from producer.ingest.readers.options import ReadingOptions
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import RowStream


def open_path(
    path: Path | str, /, text_limit: int = 1000, **options: Any
) -> AbstractContextManager[RowStream]:
    """The only input that a PATH names, opened."""
    (found,) = parse_inputs([str(path)], ReadingOptions(**options), text_limit)
    return found.open()


def read_path(
    path: Path | str, /, encoding: str | None = None, text_limit: int = 1000, **options: Any
) -> tuple[list[str], list[Row], list[Reject]]:
    """Columns, good rows and rejects of an input; further options as `ReadingOptions` has them."""
    with open_path(path, text_limit, encoding=encoding, **options) as stream:
        items = list(stream.rows)
    good = [item for item in items if isinstance(item, Row)]
    return stream.columns, good, [item for item in items if isinstance(item, Reject)]


def read_bytes(
    folder: Path, name: str, content: bytes, /, encoding: str | None = None, **options: Any
) -> tuple[list[str], list[Row], list[Reject]]:
    """The same of a file with this content."""
    path = folder / name
    path.write_bytes(content)
    return read_path(path, encoding, **options)
