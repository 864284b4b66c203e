"""Rows of Parquet, through pyarrow, a slice of a row group at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from producer.ingest.encoding import KEEP_BROKEN, is_broken
from producer.ingest.error import IngestError
from producer.ingest.opening import damage
from producer.ingest.row import Reject, Row
from producer.ingest.row_stream import RowStream

BATCH_ROWS = 1_000
#: Column chunks are read through a buffer of this size instead of whole.
BUFFER = 1 << 20


@contextmanager
def open_parquet(path: Path) -> Iterator[RowStream]:
    """Read a Parquet file; rows are numbered from 1.

    Raises:
        IngestError: If it is no Parquet, or half-written.
    """
    name = str(path)
    try:
        file = pq.ParquetFile(path, pre_buffer=False, buffer_size=BUFFER)
    except pa.ArrowInvalid:
        raise IngestError(
            f"{name} is not Parquet, or was not written to its end (it has no valid footer)"
        ) from None
    except (OSError, pa.ArrowException) as error:
        raise IngestError(f"{name} cannot be read: {error}") from None
    with file:
        total = file.metadata.num_rows
        read = [0]
        yield RowStream(
            name,
            file.schema_arrow.names,
            _rows(name, file, read),
            lambda: read[0] / total if total else None,
        )


def _rows(name: str, file: pq.ParquetFile, read: list[int]) -> Iterator[Row | Reject]:
    with damage(name):
        for batch in file.iter_batches(BATCH_ROWS):
            columns = [_to_python(column) for column in batch.columns]
            for values in zip(*columns, strict=True):
                read[0] += 1
                fields = dict(zip(batch.schema.names, values, strict=True))
                if any(isinstance(value, str) and is_broken(value) for value in values):
                    yield Reject(name, read[0], "broken encoding: not UTF-8", fields)
                else:
                    yield Row(read[0], fields)


def _to_python(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        # Python's datetime counts microseconds.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except UnicodeDecodeError:
        raw = column.cast(pa.large_binary()).to_pylist()
        return [None if value is None else value.decode("utf-8", KEEP_BROKEN) for value in raw]
