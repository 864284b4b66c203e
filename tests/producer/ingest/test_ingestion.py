"""What an ingestion leaves behind, in both databases."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, func, select

from producer.ingest import Counts, IngestError, dry_run, ingest, make_plan
from producer.ingest.columns.choice import Columns
from producer.ingest.prefetch import prefetch_blocks
from producer.ingest.reading import Reading
from schema.catalog import load_catalog
from schema.database import reading
from schema.ledger.cancel import cancel
from schema.ledger.delete import begin_deletion, delete_run
from schema.settings import read_settings
from schema.status.runs import find_run
from schema.tables import DocumentRow, JobState, Run, RunDocument
from schema.tables import Job as JobTable
from tests.support.ingesting import check_run, jobs, positions, run_ingest, run_row, write_csv

#: Those that the built-in models serve.
ANALYSES = load_catalog("pocket").served


def count(engine: Engine, table: type) -> int:
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


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


def stop_between_blocks(engine: Engine, path: Path, stop: Callable[[int], object]) -> str:
    """The error of an ingestion whose run is stopped after its first block."""
    config = read_settings().model_copy(update={"block_size": 10})

    def on_block() -> None:
        with reading(engine) as connection:
            run = find_run(connection, "r")
        stop(run)

    with pytest.raises(IngestError) as failure:
        ingest(engine, config, make_plan(config, [str(path)], run="r"), on_block=on_block)
    return str(failure.value)


def test_a_run_that_is_deleted_between_two_blocks_is_not_made_anew(
    engine: Engine, tmp_path: Path
) -> None:
    def delete(run: int) -> None:
        begin_deletion(engine, run)
        for _ in delete_run(engine, run):
            pass

    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(25)])
    assert stop_between_blocks(engine, path, delete) == (
        "run r was deleted while its rows came in, and nothing of it is left; "
        "to take the rows in after all, run the same command again"
    )
    assert [count(engine, table) for table in (Run, RunDocument, DocumentRow, JobTable)] == [0] * 4
    assert run_ingest(engine, path, run="r").counts == Counts(stored=25)
    check_run(engine, "r")


def test_a_run_that_is_cancelled_between_two_blocks_does_not_promise_to_resume(
    engine: Engine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(25)])
    said = stop_between_blocks(engine, path, lambda run: cancel(engine, run))
    assert said == "run r is cancelled and takes no more rows; give another --run"
    assert count(engine, DocumentRow) == 10


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
