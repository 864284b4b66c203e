"""Values of Parquet that pyarrow cannot give as Python has them, one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from producer.ingest.readers.encoding import KEEP_BROKEN
from producer.ingest.readers.row_stream import unique_names

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def has_nanoseconds(kind: pa.DataType) -> bool:
    """Whether values of a type count nanoseconds, or hold some that do: where pandas is installed,
    `to_pylist` makes its own types of them.
    """
    if pa.types.is_nested(kind):
        return any(has_nanoseconds(kind.field(number).type) for number in range(kind.num_fields))
    return pa.types.is_temporal(kind) and getattr(kind, "unit", None) == "ns"


def read_slowly(column: pa.Array) -> list[Any]:
    """The values of a column of which `to_pylist` cannot give them all.

    Strings that are not UTF-8 come with their broken bytes marked, as said in
    `producer.ingest.readers.encoding`; moments and dates that Python does not have, as text;
    nanoseconds cut to microseconds.

    Raises:
        ValueError: If one of them cannot be had in any way.
    """
    return [_value(scalar) for scalar in column]


def _value(scalar: pa.Scalar) -> Any:
    if not scalar.is_valid:
        return None
    kind = scalar.type
    if isinstance(scalar, pa.ExtensionScalar | pa.DictionaryScalar):
        return _value(scalar.value)
    if isinstance(scalar, pa.StructScalar):
        names = unique_names(kind.field(number).name for number in range(kind.num_fields))
        return {name: _value(scalar[number]) for number, name in enumerate(names)}
    # A map is a list of structs of key and value.
    if isinstance(scalar, pa.ListScalar):
        return [_value(item) for item in scalar.values]
    if isinstance(scalar, pa.StringScalar):
        return scalar.as_buffer().to_pybytes().decode("utf-8", KEEP_BROKEN)
    if has_nanoseconds(kind):
        return _moment(scalar)
    try:
        return scalar.as_py()
    except (ValueError, ArithmeticError, LookupError):
        if not pa.types.is_temporal(kind):
            raise
        return _moment(scalar)


def _moment(scalar: pa.Scalar) -> Any:
    """A date, time, moment or duration; as text where Python's are too small."""
    kind, counted = scalar.type, scalar.value
    if pa.types.is_date(kind):
        return f"{counted} {'days' if pa.types.is_date32(kind) else 'ms'} since 1970-01-01"
    try:
        span = timedelta(microseconds=counted * 10**6 // _PER_SECOND[kind.unit])
        if pa.types.is_duration(kind):
            return span
        # Of a zone that nobody knows the moment is known all the same.
        moment = _EPOCH + span
    except OverflowError:
        since = "" if pa.types.is_duration(kind) else " since 1970-01-01"
        return f"{counted} {kind.unit}{since}"
    if pa.types.is_time(kind):
        return moment.time()
    return moment if kind.tz else moment.replace(tzinfo=None)
