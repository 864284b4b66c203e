from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from producer.ingest.errors import IngestError
from tests.support.reading import read_path


def test_types_come_out_as_python_has_them(tmp_path: Path) -> None:
    moment = pa.array([1_700_000_000_000_000_001, None], pa.timestamp("ns", "UTC"))
    table = pa.table(
        {
            "text": ["one", None],
            "at": moment,
            "price": [Decimal("1.50"), None],
            "tags": [["a", "b"], []],
            "nested": [{"x": 1}, None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    columns, good, bad = read_path(tmp_path / "a.parquet")
    assert columns == ["text", "at", "price", "tags", "nested"]
    assert good[0].fields == {
        "text": "one",
        "at": datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        "price": Decimal("1.50"),
        "tags": ["a", "b"],
        "nested": {"x": 1},
    }
    assert [row.line for row in good] == [1, 2]
    assert bad == []


def test_broken_utf8_costs_its_own_row_only(tmp_path: Path) -> None:
    raw = pa.array([b"one", b"tw\xff", b"three", None], pa.binary())
    table = pa.table({"text": pa.Array.from_buffers(pa.string(), 4, raw.buffers())})
    pq.write_table(table, tmp_path / "a.parquet")
    _, good, bad = read_path(tmp_path / "a.parquet")
    assert [row.fields["text"] for row in good] == ["one", "three", None]
    assert [(reject.line, reject.row) for reject in bad] == [(2, {"text": "tw\udcff"})]


def test_values_that_python_does_not_have(tmp_path: Path) -> None:
    strings = pa.array([b"\xff", b"b"], pa.binary())
    broken = pa.Array.from_buffers(pa.string(), 2, strings.buffers())
    moments = pa.array([0, 2**62], pa.timestamp("us", "Mars/Phobos"))
    table = pa.table(
        {
            "text": ["one", "two"],
            "moment": moments,
            "day": pa.array([0, 2**30], pa.date32()),
            "clock": pa.array([1_001, None], pa.time64("ns")),
            "span": pa.array([1_001, 2**62], pa.duration("ns")),
            "list": pa.array([[1], []], pa.list_(pa.timestamp("ns"))),
            "struct": pa.StructArray.from_arrays([pa.array([1, 2]), pa.array([3, 4])], ["a", "a"]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    _, good, _ = read_path(tmp_path / "a.parquet")
    assert [row.fields for row in good] == [
        {
            "text": "one",
            "moment": datetime(1970, 1, 1, tzinfo=UTC),
            "day": date(1970, 1, 1),
            "clock": time(0, 0, 0, 1),
            "span": timedelta(microseconds=1),
            "list": [datetime(1970, 1, 1)],
            "struct": {"a": 1, "a 2": 3},
        },
        {
            "text": "two",
            "moment": f"{2**62} us since 1970-01-01",
            "day": f"{2**30} days since 1970-01-01",
            "clock": None,
            "span": timedelta(microseconds=2**62 // 1000),
            "list": [],
            "struct": {"a": 2, "a 2": 4},
        },
    ]
    lists = pa.ListArray.from_arrays([0, 1, 2], broken)
    pq.write_table(pa.table({"text": ["one", "two"], "list": lists}), tmp_path / "b.parquet")
    _, good, bad = read_path(tmp_path / "b.parquet")
    assert [row.line for row in good] == [2]
    assert [reject.line for reject in bad] == [1]


def test_columns_of_one_name_are_all_kept(tmp_path: Path) -> None:
    columns = [pa.array([value]) for value in ("one", 1, 2, 3)]
    table = pa.Table.from_arrays(columns, ["text", "a", "a", ""])
    pq.write_table(table, tmp_path / "a.parquet")
    assert read_path(tmp_path / "a.parquet")[1][0].fields == {
        **{"text": "one", "a": 1, "a 3": 2, "column 4": 3}
    }


def test_half_written_files(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["one"] * 1000}), path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(IngestError, match="not written to its end"):
        read_path(path)
    path.write_text("id,text\n")
    with pytest.raises(IngestError, match="is not Parquet"):
        read_path(path)
