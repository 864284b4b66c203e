"""Rows of Parquet, through pyarrow, a slice of a row group at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from producer.ingest.errors import InputError
from producer.ingest.escaping import shown
from producer.ingest.readers.encoding import is_broken
from producer.ingest.readers.files import damage
from producer.ingest.readers.limits import check_unpacked
from producer.ingest.readers.parquet_values import has_nanoseconds, read_slowly
from producer.ingest.readers.row import Reject, Row
from producer.ingest.readers.row_stream import RowStream, unique_names

BATCH_ROWS = 1_000
#: Bytes of a batch, by the average of the file.
BATCH_BYTES = 1 << 25
#: Column chunks are read through a buffer of this size instead of whole.
BUFFER = 1 << 20
#: What to do with a file that is taken for a bomb.
_FIX = "write it as CSV"


@contextmanager
def open_parquet(name: str, source: IO[Any], size: int) -> Iterator[RowStream]:
    """Read a Parquet file; rows are numbered from 1.

    Args:
        name: The input.
        source: Its bytes, which can be read in any order.
        size: How many there are.

    Raises:
        InputError: If it is no Parquet, or half-written.
    """
    with damage(name):
        try:
            file = _open(source)
        except pa.ArrowInvalid:
            raise InputError(
                f"{name} is not Parquet, or was not written to its end (it has no valid footer)"
            ) from None
    with file:
        with damage(name):
            _check_chunks(name, file.metadata)
            names = unique_names(file.schema_arrow.names)
        total = file.metadata.num_rows
        read = [0]
        yield RowStream(
            name,
            names,
            _rows(name, names, file, read, size),
            lambda: read[0] / total if total else None,
        )


def _open(source: IO[Any]) -> pq.ParquetFile:
    options: dict[str, Any] = {"pre_buffer": False, "buffer_size": BUFFER}
    with pq.ParquetFile(source, **options) as file:
        repeated = _repeated_texts(file.metadata)
    return pq.ParquetFile(source, read_dictionary=repeated, **options)


def _repeated_texts(metadata: pq.FileMetaData) -> list[str]:
    """Columns whose texts are written once and then pointed to. They are read just so: a megabyte
    that each of a million rows has is a megabyte."""
    columns = metadata.schema
    chunks = [metadata.row_group(n) for n in range(min(1, metadata.num_row_groups))]
    return [
        columns.column(number).path
        for group in chunks
        for number in range(metadata.num_columns)
        if columns.column(number).physical_type == "BYTE_ARRAY"
        and columns.column(number).max_repetition_level == 0
        and "." not in columns.column(number).path
        and group.column(number).has_dictionary_page
    ]


def _check_chunks(name: str, metadata: pq.FileMetaData) -> None:
    """Refuse what a page would unpack into memory as a whole."""
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for place in range(metadata.num_columns):
            chunk = group.column(place)
            unpacked, packed = chunk.total_uncompressed_size, chunk.total_compressed_size
            check_unpacked(name, unpacked, packed, _FIX)


def _rows(
    name: str, names: list[str], file: pq.ParquetFile, read: list[int], size: int
) -> Iterator[Row | Reject]:
    unpacked = 0
    with damage(name):
        for batch in file.iter_batches(_batch_rows(file.metadata)):
            columns = [
                _to_python(name, column_name, column)
                for column_name, column in zip(names, batch.columns, strict=True)
            ]
            for values in zip(*columns, strict=True):
                read[0] += 1
                unpacked += sum(len(one) for one in values if isinstance(one, str | bytes))
                check_unpacked(name, unpacked, size, _FIX)
                fields = dict(zip(names, values, strict=True))
                if any(map(_is_broken, values)):
                    yield Reject(name, read[0], "broken encoding: not UTF-8", fields)
                else:
                    yield Row(read[0], fields)


def _batch_rows(metadata: pq.FileMetaData) -> int:
    size = sum(metadata.row_group(n).total_byte_size for n in range(metadata.num_row_groups))
    fitting: int = BATCH_BYTES * metadata.num_rows // max(1, size)
    return max(1, min(BATCH_ROWS, fitting))


def _to_python(name: str, column_name: str, column: pa.Array) -> list[Any]:
    if pa.types.is_dictionary(column.type):
        used = column.indices.unique().drop_null()
        # Each value is made once, and is the same object for all rows that have it.
        values = _to_python(name, column_name, column.dictionary.take(used))
        by_index = dict(zip(used.to_pylist(), values, strict=True))
        return [by_index.get(index) for index in column.indices.to_pylist()]
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        # Python's datetime counts microseconds.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        if not has_nanoseconds(column.type):
            return column.to_pylist()  # type: ignore[no-any-return]
    except (ValueError, ArithmeticError, LookupError, pa.ArrowException):
        # For one value that Python cannot hold the others must not be lost.
        pass
    try:
        return read_slowly(column)
    except (ValueError, ArithmeticError, LookupError, pa.ArrowException) as error:
        raise InputError(
            f"{name}: column '{shown(column_name)}' of type {shown(str(column.type))} cannot be "
            f"read ({shown(str(error))}); write the file without it"
        ) from None


def _is_broken(value: Any) -> bool:
    if isinstance(value, str):
        return is_broken(value)
    if isinstance(value, dict):
        return any(map(_is_broken, value.values()))
    return isinstance(value, list) and any(map(_is_broken, value))
