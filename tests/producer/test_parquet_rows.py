from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from producer.ingest.error import IngestError
from tests.producer.reading import read_path


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


def test_half_written_files(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["one"] * 1000}), path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(IngestError, match="not written to its end"):
        read_path(path)
    path.write_text("id,text\n")
    with pytest.raises(IngestError, match="is not Parquet"):
        read_path(path)
