"""Reports and views as Parquet: typed, compressed, written block by block."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from producer.errors import UsageError
from schema.reports import ReportRows

#: Rows that are in memory at once, and make a row group.
ROW_GROUP = 10_000

#: Types of the kinds that columns of views have.
_TYPES: dict[str, Any] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "text": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.timestamp("us", tz="UTC"),
    "json": pa.string(),
}


def write_parquet(report: ReportRows, path: Path) -> int:
    """Write rows with the types of their columns (`arrow_tables`); returns the number of rows.

    Raises:
        UsageError: If a column that is of no view holds other values further on.
    """
    schema, tables = arrow_tables(report)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)
            count += len(table)
    return count


def arrow_tables(report: ReportRows) -> tuple[pa.Schema, Iterator[pa.Table]]:
    """The types of the columns, and the rows in tables of `ROW_GROUP` rows.

    Columns of views have the types that `docs/views.md` names, JSON as text; others that of their
    values in the first rows, text where these have none. The tables raise UsageError if a column
    that is of no view holds other values further on.
    """
    blocks = _blocks(report)
    first = next(blocks, [])
    schema = pa.schema(
        [
            (
                name,
                _TYPES.get(report.kinds.get(name, "")) or _type_of([row[place] for row in first]),
            )
            for place, name in enumerate(report.columns)
        ]
    )
    return schema, (_table(block, schema) for block in chain([first] if first else [], blocks))


def _blocks(report: ReportRows) -> Iterator[list[tuple[Any, ...]]]:
    rows = iter(report.rows)
    while block := list(islice(rows, ROW_GROUP)):
        yield block


def _type_of(values: list[Any]) -> Any:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return pa.float64()
    found = (
        pa.array(value for value in values if value is not None).type if len(kinds) == 1 else None
    )
    return pa.string() if found is None or pa.types.is_null(found) else found


def _table(block: list[tuple[Any, ...]], schema: Any) -> Any:
    columns = []
    for field, values in zip(schema, zip(*block, strict=True), strict=True):
        if pa.types.is_string(field.type):
            values = tuple(None if value is None else str(value) for value in values)
        try:
            columns.append(pa.array(values, field.type))
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            raise UsageError(
                f"the column {field.name} has values of several types, which Parquet does not "
                "take; export it as CSV, or cast it in the report"
            ) from None
    return pa.table(columns, schema=schema)
