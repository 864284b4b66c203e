"""Inputs that cannot be read, or not to their end: named, and the others go on."""

from __future__ import annotations

import gzip
import random
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from producer.ingest import Counts, IngestError
from tests.support.ingesting import (
    check_run,
    run_ingest,
    run_row,
    write_csv,
)


def test_a_file_that_is_cut_off_keeps_its_first_blocks(engine: Engine, tmp_path: Path) -> None:
    plain = write_csv(tmp_path / "a.csv", [(n, random.randbytes(300).hex()) for n in range(2_000)])
    whole = gzip.compress(plain.read_bytes())
    path = tmp_path / "b.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(IngestError, match=r"b.csv.gz is cut off.* (\d+) rows .* it resumes"):
        run_ingest(engine, path, run="r", block_size=50, analyses="qa")
    check_run(engine, "r")
    row = run_row(engine, "r")
    assert 0 < row["stored"] == row["read"] < 2_000
    assert (row["state"], row["ingested_at"]) == ("ingesting", None)
    path.write_bytes(whole)
    done = run_ingest(engine, path, run="r", block_size=50, analyses="qa")
    assert done.counts.stored + row["stored"] == 2_000
    check_run(engine, "r")
    assert run_row(engine, "r")["state"] == "ingested"


def test_a_wrong_file_is_said_and_the_others_go_on(engine: Engine, tmp_path: Path) -> None:
    good = [write_csv(tmp_path / f"{name}.csv", [(1, name)]) for name in ("a", "z")]
    for name, content, said, fault in (
        ("b.csv", "", "b.csv is empty", False),
        ("c.csv", "id,text\n", "c.csv has no rows", False),
        ("d.csv", "id,words\n1,a\n", "d.csv: no column looks like the text", True),
        ("e.csv.gz", "id,text\n", "e.csv.gz is not compressed with gzip", True),
    ):
        path = tmp_path / name
        path.write_text(content)
        for alone in ([path], [path, path.with_name(f"other-{name}")]):
            alone[-1].write_text(content)
            with pytest.raises(IngestError, match=said):
                run_ingest(engine, *alone, run=f"alone-{name}")
        done = run_ingest(engine, good[0], path, good[1], run=name, source=name)
        assert done.counts == Counts(stored=1, updated=1, updated_positions=1)
        (wrong,) = (one for one in done.inputs if one.reason)
        assert wrong.reason is not None and said in wrong.reason
        assert (wrong.failed, bool(done.failed), wrong.empty) == (fault, fault, not fault)
        assert run_row(engine, name)["state"] == "ingested"
        check_run(engine, name)


def test_a_file_that_is_cut_off_does_not_keep_the_others_out(
    engine: Engine, tmp_path: Path
) -> None:
    plain = write_csv(tmp_path / "a.csv", [(n, random.randbytes(300).hex()) for n in range(900)])
    whole = gzip.compress(plain.read_bytes())
    cut = tmp_path / "b.csv.gz"
    cut.write_bytes(whole[: len(whole) // 2])
    other = write_csv(tmp_path / "c.csv", [(5_000, "last")])
    done = run_ingest(engine, cut, other, run="r", source="s", analyses="qa")
    (failed,) = done.failed
    assert failed.reason is not None and "b.csv.gz is cut off" in failed.reason
    assert done.unfinished and done.counts.stored == failed.rows + 1 > 1
    assert run_row(engine, "r")["state"] == "ingesting"
    cut.write_bytes(whole)
    again = run_ingest(engine, cut, other, run="r", source="s", analyses="qa")
    assert (again.failed, again.counts.read, again.counts.stored) == ([], 901, 900 - failed.rows)
    assert run_row(engine, "r")["state"] == "ingested"
    check_run(engine, "r")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("b.csv", b"", "b.csv is empty (0 bytes)"),
        ("b.csv", b"id,text\n", "b.csv has no rows"),
        ("b.json", b"[]", "b.json has no rows"),
        ("b.csv.gz", b"id,text\n1,a\n", "b.csv.gz is not compressed with gzip, as its name says"),
        ("b.xlsx", b"PK\x03\x04 and so on", "b.xlsx is a damaged zip archive or workbook"),
        ("b.parquet", b"PAR1 and so on", "b.parquet is not Parquet, or was not written to its end"),
    ],
)
def test_an_input_that_cannot_be_read_is_named_and_the_others_go_on(
    engine: Engine, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    first = write_csv(tmp_path / "a.csv", [(1, "a")])
    last = write_csv(tmp_path / "c.csv", [(2, "c")])
    (tmp_path / name).write_bytes(content)
    done = run_ingest(engine, first, tmp_path / name, last, run="r", analyses="qa")
    assert done.counts == Counts(stored=2)
    (wrong,) = (one for one in done.inputs if one.reason)
    assert wrong.reason is not None and said in wrong.reason
    assert wrong.failed is not wrong.empty
    check_run(engine, "r")
    with pytest.raises(IngestError, match=re.escape(said)):
        run_ingest(engine, tmp_path / name, run="alone")
