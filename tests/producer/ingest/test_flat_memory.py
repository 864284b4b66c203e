"""However much there is to read, an ingestion needs the same memory."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from producer.ingest import Counts, ingest, make_plan
from schema.database import open_engine
from schema.migrations.revision import upgrade
from schema.settings import read_settings
from tests.support.reading import open_path

pytestmark = pytest.mark.slow

TEXT = "It came on a Monday, and it was not what I had ordered. " * 100
MEGABYTE = 1_000_000


def _rows(size: int) -> int:
    return size // len(TEXT)


def _memory() -> int:
    return int(psutil.Process().memory_info().rss)


def _growth_of(work: Callable[[Path], int], path: Path) -> int:
    """Bytes by which a process of its own has grown at the most."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (path,))


def _ingest(path: Path) -> int:
    engine = open_engine(f"sqlite:///{path.with_suffix('.db')}")
    upgrade(engine)
    config = read_settings().model_copy(update={"block_size": 200})
    seen = [_memory()]

    def note(_counts: Counts, _fraction: float | None) -> None:
        seen.append(_memory())

    ingest(engine, config, make_plan(config, [str(path)], analyses="qa"), progress=note)
    return max(seen) - seen[0]


def _read(path: Path) -> int:
    seen = [_memory()]
    with open_path(path, 10_000) as stream:
        for row in stream.rows:
            if row.line % 200 == 0:
                seen.append(_memory())
    return max(seen) - seen[0]


def test_an_ingestion_needs_half_of_what_it_reads_at_the_most(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("w") as file:
        for number in range(_rows(50 * MEGABYTE)):
            file.write(json.dumps({"id": number, "text": f"{number} {TEXT}"}) + "\n")
    assert _growth_of(_ingest, path) < 25 * MEGABYTE


def test_a_row_group_of_parquet_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = _rows(240 * MEGABYTE)
    # One row group, as most writers make it.
    with pq.ParquetWriter(
        path, pa.schema({"text": pa.string()}), compression="none", use_dictionary=False
    ) as file:
        file.write_table(pa.table({"text": pa.repeat(TEXT, rows)}), rows)
    assert pq.ParquetFile(path).metadata.num_row_groups == 1
    assert _growth_of(_read, path) < 120 * MEGABYTE
