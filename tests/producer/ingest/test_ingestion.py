"""What an ingestion leaves behind, in both databases."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, select

from producer.ingest import Counts, IngestError, dry_run, make_plan
from producer.ingest.columns.choice import Columns
from producer.ingest.prefetch import prefetch_blocks
from producer.ingest.reading import Reading
from schema.catalog import load_catalog
from schema.database import reading
from schema.settings import read_settings
from schema.tables import DocumentRow, JobState, RunDocument
from schema.tables import Job as JobTable
from tests.support.ingesting import (
    check_run,
    count,
    jobs,
    positions,
    run_ingest,
    run_row,
    write_csv,
)

#: Those that the built-in models serve.
ANALYSES = load_catalog("pocket").served


def texts(engine: Engine, run: str) -> list[str]:
    return [row.text for row in positions(engine, run)]


def test_documents_and_jobs(engine: Engine, tmp_path: Path) -> None:
    header = "id,text,created_at,Language,product,stars"
    rows = [(n, f"text {n} ü\U0001f600", "2026-10-05T17:00:00+02:00", "de-DE", "Kettle", n % 5)
            for n in range(25)]  # fmt: skip
    done = run_ingest(engine, write_csv(tmp_path / "autumn.csv", rows, header), run="r")
    assert (done.run, done.counts) == ("r", Counts(stored=25))
    assert not done.rejects.exists()
    check_run(engine, "r")
    with reading(engine) as connection:
        documents = connection.execute(select(DocumentRow).order_by(DocumentRow.id)).all()
        job = connection.execute(select(JobTable)).first()
    assert [one.text for one in documents] == [row[1] for row in rows]
    first = documents[0]
    assert (first.source, first.external_id, first.language, first.product) == (
        *("autumn", "0", "de", "Kettle"),
    )
    assert first.time == datetime(2026, 10, 5, 15, tzinfo=UTC)
    assert first.metadata == {"stars": "0"}
    assert abs(first.stored_at - datetime.now(UTC)).total_seconds() < 3600
    assert job is not None
    assert (job.state, job.attempts, job.fence, job.failed) == (JobState.PENDING, 0, 0, 0)
    run = run_row(engine, "r")
    assert (run["state"], run["analyses"]) == ("ingested", list(ANALYSES))
    assert run["options"]["translate_to"] == "de"
    assert run["ingested_at"] >= run["created_at"]


@pytest.mark.parametrize(("rows", "size"), [(5, 8), (16, 8), (17, 8), (200, 13)])
def test_jobs_are_small_where_there_is_little_to_do(
    engine: Engine, tmp_path: Path, rows: int, size: int
) -> None:
    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(rows)])
    run_ingest(engine, path, run="r", block_size=1000, analyses="qa")
    sizes = [end - first for _, first, end in jobs(engine, "r")]
    assert sizes == [size] * (rows // size) + ([rows % size] if rows % size else [])


def test_again_and_more(engine: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(25)] + [(99, "")])
    assert run_ingest(engine, path, run="r").counts == Counts(stored=25, rejected=1)
    before = positions(engine, "r"), jobs(engine, "r")
    again = run_ingest(engine, path, run="r")
    assert again.counts == Counts(before=26, rejected_before=1)
    assert (positions(engine, "r"), jobs(engine, "r")) == before
    assert len(again.rejects.read_text().splitlines()) == 1
    # It has grown, and its bad row is mended, which is another row then.
    write_csv(path, [(n, f"text {n}") for n in range(35)])
    assert run_ingest(engine, path, run="r").counts == Counts(stored=10, before=25)
    check_run(engine, "r")
    row = run_row(engine, "r")
    assert [row[name] for name in ("read", "stored", "duplicate", "rejected")] == [36, 35, 0, 1]


def test_another_run_shares_the_documents(engine: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(12)])
    run_ingest(engine, path, run="one", limit=5)
    second = run_ingest(engine, path, run="two", analyses="qa")
    assert second.counts == Counts(stored=12, known=5)
    check_run(engine, "one")
    check_run(engine, "two")
    assert (count(engine, DocumentRow), count(engine, RunDocument)) == (12, 17)


def test_one_id_one_text(engine: Engine, tmp_path: Path) -> None:
    rows = [(1, "a"), (2, "b"), (1, "a"), (1, "other"), (3, "c"), (2, "b")]
    path = write_csv(tmp_path / "a.csv", rows)
    for block_size in (2, 100):
        run = f"r{block_size}"
        done = run_ingest(engine, path, run=run, block_size=block_size)
        assert (done.counts.stored, done.counts.duplicate, done.counts.rejected) == (3, 2, 1)
        rejected = [json.loads(line) for line in done.rejects.read_text().splitlines()]
        assert [(one["line"], one["row"]) for one in rejected] == [
            (5, {"id": "1", "text": "other"})
        ]
        assert "id '1' of source 'a' is in this file before, with another" in rejected[0]["reason"]
    assert run_ingest(engine, path, run="other", source="x").counts == Counts(
        stored=3, duplicate=2, rejected=1
    )


def test_rows_without_id(engine: Engine, tmp_path: Path) -> None:
    same = [("good",), ("good",), ("",), ("bad",)]
    (tmp_path / "one").mkdir()
    paths = [tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "one" / "a.csv"]
    for path in paths:
        write_csv(path, same, "text")
    done = run_ingest(engine, *paths, run="r", source="s")
    assert done.counts == Counts(stored=9, rejected=3)
    again = run_ingest(engine, *paths, run="r", source="s").counts
    assert again == Counts(before=12, rejected_before=3)
    check_run(engine, "r")
    packed = tmp_path / "one" / "b.csv.gz"
    packed.write_bytes(gzip.compress(paths[1].read_bytes()))
    assert run_ingest(engine, packed, run="p", source="s").counts == Counts(3, 3, 0, 1)


def test_every_format_gives_the_same(engine: Engine, tmp_path: Path) -> None:
    rows = [(str(n), f"text {n}\nü", "chat" if n % 2 else "mail") for n in range(7)]
    names = ("id", "text", "source")
    write_csv(tmp_path / "a.csv", rows, ",".join(names))
    (tmp_path / "a.tsv").write_text("\t".join(names) + "\n" + "".join(
        f'{a}\t"{b}"\t{c}\n' for a, b, c in rows))  # fmt: skip
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(one) + "\n" for one in objects))
    pq.write_table(pa.Table.from_pylist(objects), tmp_path / "a.parquet")
    left = []
    for suffix in ("csv", "tsv", "jsonl", "parquet"):
        done = run_ingest(engine, tmp_path / f"a.{suffix}", run=suffix)
        assert done.counts.stored == 7
        left.append(positions(engine, suffix))
    assert left[1:] == left[:1] * 3
    assert count(engine, DocumentRow) == 7


def test_a_run_keeps_its_analyses_and_options(engine: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [(1, "a")])
    run_ingest(engine, path, run="r", analyses="qa")
    with pytest.raises(IngestError, match="run r exists with analyses qa .* give another --run"):
        run_ingest(engine, path, run="r", analyses="qa,summary")
    with pytest.raises(IngestError, match="run r exists"):
        run_ingest(engine, path, run="r", analyses="qa", questions=["Why?"])
    assert run_row(engine, "r")["read"] == 1


def test_a_limit_counts_over_all_files(engine: Engine, tmp_path: Path) -> None:
    first = write_csv(tmp_path / "a.csv", [(1, "a"), (2, "")])
    second = write_csv(tmp_path / "b.csv", [(3, "c"), (4, "d")])
    done = run_ingest(engine, first, second, run="r", limit=3)
    assert done.counts == Counts(stored=2, rejected=1)


def test_long_texts_close_a_block_early(engine: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [(n, f"{n} " + "x" * 90_000) for n in range(100)])
    run_ingest(engine, path, run="r", block_size=1000, analyses="qa")
    check_run(engine, "r")
    sizes = {end - first for _, first, end in jobs(engine, "r")}
    # 89 rows are 8 million characters, 11 are left: jobs of eight, and of what remains.
    assert sizes == {8, 1, 3}


def test_a_dry_run_needs_no_database(tmp_path: Path) -> None:
    rows = [(n, "x" if n % 3 else "") for n in range(30)]
    path = write_csv(tmp_path / "a.csv", rows, "id,Review Text")
    config = read_settings()
    seen = dry_run(config, make_plan(config, [str(path)]))
    assert (seen.good, seen.rejected, len(seen.rejects)) == (20, 10, 5)
    (view,) = (one.view for one in seen.inputs)
    assert view is not None
    assert view.plan.columns == Columns("Review Text", "id", None, None, None, None)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("good", "empty", "wrong", "most", "expected"),
    [
        (1, 4, 0, 0.1, False),
        (1, 0, 1, 0.1, False),
        (1, 0, 2, 0.1, True),
        (18, 0, 2, 0.1, False),
        (17, 0, 2, 0.1, True),
        (99, 0, 1, 0.0, True),
        (99, 1, 0, 0.0, False),
        (0, 3, 0, 0.1, True),
        (0, 0, 1, 1.0, True),
        (0, 0, 1, 0.1, True),
    ],
)
def test_too_many_are_rejected(
    sqlite_engine: Engine,
    tmp_path: Path,
    good: int,
    empty: int,
    wrong: int,
    most: float,
    expected: bool,
) -> None:
    rows: list[tuple[object, ...]] = [(n, f"text {n}") for n in range(good)]
    rows += [(n + 100, "") for n in range(empty)] + [(n, "too", "many") for n in range(wrong)]
    path = write_csv(tmp_path / "a.csv", rows)
    for _ in ("first", "again"):
        done = run_ingest(sqlite_engine, path, max_rejected=most, analyses="qa")
        assert done.too_many_rejected is expected


def test_characters_that_a_loader_has_a_use_for_are_stored_as_they_are(
    engine: Engine, tmp_path: Path
) -> None:
    texts = ["a\tb", "a\nb", "a\r\nb", "\\N and more", "\\. and more", "C:\\new\\table", 'say "hi"']
    rows = [(number, text, f"{text}!") for number, text in enumerate(texts)]
    path = write_csv(tmp_path / "a.csv", rows, "id,text,note")
    run_ingest(engine, path, run="r")
    found = [(row.text, row.metadata) for row in positions(engine, "r")]
    assert found == [(text, {"note": f"{text}!"}) for text in texts]


def test_blocks_are_prefetched_for_a_server_only(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[bool] = []

    def noted(blocks: Any) -> Any:
        used.append(True)
        return prefetch_blocks(blocks)

    monkeypatch.setattr("producer.ingest.ingestion.prefetch_blocks", noted)
    one = write_csv(tmp_path / "a.csv", [(number, f"text {number}") for number in range(25)])
    other = write_csv(tmp_path / "b.csv", [(number, f"more {number}") for number in range(25)])
    assert run_ingest(engine, one, other, run="r").counts.stored == 50
    check_run(engine, "r")
    assert used == [True] * (engine.dialect.name == "postgresql")


@pytest.mark.parametrize(
    "written", ["2026-10-05T17:00:00.000123+02:00", "0001-01-02", "9999-12-31T23:59:59Z"]
)
def test_a_time_is_stored_as_it_was_read(engine: Engine, tmp_path: Path, written: str) -> None:
    path = write_csv(tmp_path / "a.csv", [(1, "late", written)], "id,text,created_at")
    run_ingest(engine, path, run="r")
    (row,) = positions(engine, "r")
    expected = datetime.fromisoformat(written)
    assert row.time == (expected if expected.tzinfo else expected.replace(tzinfo=UTC))


def test_an_input_that_a_thread_has_just_closed_is_read_to_its_end(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [(1, "one"), (2, "two")])
    settings = read_settings()
    reading_of = Reading(make_plan(settings, [str(path)], run="r"), settings.text_limit)
    rows = reading_of.rows()
    next(rows)
    with path.open("rb") as file:
        file.close()
        reading_of._fraction = lambda: float(file.tell())
        assert reading_of.fraction() == 1.0
