"""Parquet with types that Python has, and with those that it does not have."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from tests.bad_input.example import SOMETHING, TEXT_LIMIT, Example, Good, Known
from tests.bad_input.texts import GOOD_TEXTS


def _broken(*raw: bytes) -> pa.Array:
    """Strings that are not all UTF-8."""
    return pa.Array.from_buffers(pa.string(), len(raw), pa.array(raw, pa.binary()).buffers())


@dataclass(frozen=True)
class Kind:
    """Values of one type, and what the metadata have for each; None where the row is rejected."""

    values: pa.Array
    stored: tuple[Any, ...]


REJECTED = object()

_STRUCTS = pa.StructArray.from_arrays([pa.array([1, 2]), pa.array(["a", None])], ["a", "a"])
_NAMED = pa.array([{"x": [1.5], "y": {"z": None}}, None])
_FAR = 2**62

#: Each of two values; a column repeats them.
KINDS = (
    Kind(pa.array([2**63 - 1, None]), (2**63 - 1, None)),
    Kind(pa.array([2**64 - 1, 0], pa.uint64()), (2**64 - 1, 0)),
    Kind(pa.array([True, None]), (True, None)),
    Kind(pa.array([float("nan"), float("-inf")]), (None, None)),
    Kind(pa.array([0.5, 65504.0], pa.float16()), (0.5, 65504.0)),
    Kind(pa.array([None, None]), (None, None)),
    Kind(pa.array([Decimal(10**37), None], pa.decimal128(38, 0)), (str(10**37), None)),
    Kind(pa.array([Decimal(10**75), Decimal(-1)], pa.decimal256(76, 0)), (str(10**75), "-1")),
    Kind(pa.array([b"\0\xff", None]), ("00ff", None)),
    Kind(pa.array([b"\0\xff", b"ab"], pa.binary(2)), ("00ff", "6162")),
    Kind(pa.array(["a", None], pa.large_string()), ("a", None)),
    Kind(pa.array(["a", ""], pa.string_view()), ("a", "")),
    Kind(pa.array(["a\0", "b"]), (REJECTED, "b")),
    Kind(_broken(b"a\xff", b"b"), (REJECTED, "b")),
    Kind(pa.array(["a", None]).dictionary_encode(), ("a", None)),
    Kind(pa.array([0, _FAR], pa.timestamp("us")), ("1970-01-01T00:00:00", SOMETHING)),
    Kind(pa.array([0, -_FAR], pa.timestamp("ms", "UTC")), ("1970-01-01T00:00:00+00:00", SOMETHING)),
    Kind(pa.array([1, None], pa.timestamp("ns")), ("1970-01-01T00:00:00", None)),
    Kind(pa.array([10**9, None], pa.timestamp("us", "+05:30")), (SOMETHING, None)),
    Kind(
        pa.array([0, _FAR], pa.timestamp("us", "Mars/Phobos")),
        ("1970-01-01T00:00:00+00:00", f"{_FAR} us since 1970-01-01"),
    ),
    Kind(pa.array([0, 2**30], pa.date32()), ("1970-01-01", "1073741824 days since 1970-01-01")),
    Kind(pa.array([0, None], pa.date64()), ("1970-01-01", None)),
    Kind(pa.array([1, None], pa.time32("ms")), ("00:00:00.001000", None)),
    Kind(pa.array([1_001, None], pa.time64("ns")), ("00:00:00.000001", None)),
    Kind(pa.array([1, 10**9], pa.duration("ns")), (0.0, 1.0)),
    Kind(pa.array([_FAR, None], pa.duration("us")), (SOMETHING, None)),
    Kind(pa.array([[1], []], pa.list_(pa.int8())), ([1], [])),
    Kind(pa.array([[1], None], pa.list_(pa.timestamp("ns"))), (["1970-01-01T00:00:00"], None)),
    Kind(pa.array([[1, 2], [3, 4]], pa.list_(pa.int8(), 2)), ([1, 2], [3, 4])),
    Kind(pa.ListArray.from_arrays([0, 1, 2], _broken(b"\xff", b"b")), (REJECTED, ["b"])),
    Kind(_NAMED, ({"x": [1.5], "y": {"z": None}}, None)),
    Kind(_STRUCTS, ({"a": 1, "a 2": "a"}, {"a": 2, "a 2": None})),
    Kind(pa.array([[("a", 1)], []], pa.map_(pa.string(), pa.int8())), ([["a", 1]], [])),
)

#: Ids of three kinds; as they are stored, `k0` and so on with another beginning.
_ID_TYPES = (
    ("k", pa.string()),
    ("k", pa.dictionary(pa.int32(), pa.string())),
    ("1", pa.int64()),
    ("1" * 35, pa.decimal128(38, 0)),
)
_TEXT_TYPES = (
    *(pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary()),
    pa.dictionary(pa.int32(), pa.string()),
)
_BAD_TEXTS = (None, "", " ", "a\0 few words", "x" * (TEXT_LIMIT + 1))


@st.composite
def parquet_files(draw: st.DrawFn) -> Example:
    """Files of 1 to 8 rows."""
    texts = draw(st.lists(st.one_of(GOOD_TEXTS, st.sampled_from(_BAD_TEXTS)), max_size=8))
    texts.insert(draw(st.integers(0, len(texts))), draw(GOOD_TEXTS))
    beginning, id_type = draw(st.sampled_from(_ID_TYPES))
    text_type = draw(st.sampled_from(_TEXT_TYPES))
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=4))
    names = draw(st.sampled_from([["a", "b", "c", "d"], ["a", "a", "", "a"]]))[: len(kinds)]
    count = len(texts)
    ids = [f"{beginning}{number}" for number in range(count)]
    columns = [
        pa.array(ids).cast(pa.string()).cast(id_type),
        _as_texts(texts, text_type),
        *(pa.concat_arrays([kind.values] * count)[:count] for kind in kinds),
    ]
    stored_names = _unique(["id", "text", *names])[2:]
    good = []
    for number, text in enumerate(texts):
        values = [kind.stored[number % 2] for kind in kinds]
        if text not in _BAD_TEXTS and REJECTED not in values:
            metadata = dict(zip(stored_names, values, strict=True))
            good.append(Good(ids[number], str(text), metadata))
    table = pa.Table.from_arrays(columns, ["id", "text", *names])
    # The only column of times would be the time.
    arguments = ("--time", "")
    known = Known(tuple(good), 0, count - len(good))
    return Example("autumn.parquet", _write(draw, table), arguments, known)


def _as_texts(texts: list[str | None], kind: pa.DataType) -> pa.Array:
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if text is None else text.encode() for text in texts], kind)
    return pa.array(texts, kind)


def _write(draw: st.DrawFn, table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(
        table,
        file,
        row_group_size=draw(st.integers(1, 5)),
        compression=draw(st.sampled_from(["none", "snappy", "gzip", "zstd"])),
        use_dictionary=draw(st.booleans()),
        data_page_version=draw(st.sampled_from(["1.0", "2.0"])),
        store_schema=True,
    )
    return file.getvalue()


def _unique(header: list[str]) -> list[str]:
    names: list[str] = []
    for place, name in enumerate(header, 1):
        name = name or f"column {place}"
        names.append(f"{name} {place}" if name in names else name)
    return names
