"""Feedback that is delivered again with other content, in both databases."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update

from producer.ingest import ColumnChoice, Counts, IngestError
from schema.database import open_engine, reading, writing
from schema.ledger.delete import begin_deletion, delete_run
from schema.ledger.forget import Which, find_forgettable, forget
from schema.status.runs import find_run
from schema.tables import DocumentRow, Run, RunDocument
from schema.verification import verify
from tests.support.ingesting import check_run, positions, run_ingest, run_row, write_csv

HEADER = "id,text,time,status"
OLD = [(1, "slow", "2026-03-01", "open"), (2, "fine", "2026-03-02", "open")]


def current(engine: Engine) -> list[tuple[Any, ...]]:
    """What the view `documents` has: id, text, metadata, version."""
    statement = text("SELECT external_id, text, metadata, version FROM documents ORDER BY text")
    with reading(engine) as connection:
        rows = connection.execute(statement).all()
    return [
        (row[0], row[1], json.loads(row[2]) if isinstance(row[2], str) else row[2], row[3])
        for row in rows
    ]


def texts(engine: Engine) -> list[str]:
    return [row[1] for row in current(engine)]


def deliver(
    engine: Engine, folder: Path, rows: list[Any], name: str = "new.csv", **asked: Any
) -> Counts:
    path = write_csv(folder / name, rows, HEADER)
    return run_ingest(engine, path, **{"source": "shop"} | asked).counts


def test_a_changed_text_is_a_new_version_and_only_it_is_analysed(
    engine: Engine, tmp_path: Path
) -> None:
    deliver(engine, tmp_path, OLD, "old.csv", run="old")
    new = [(1, "slow but kind", "2026-03-01", "open"), OLD[1], (3, "more", "2026-03-05", "open")]
    counts = deliver(engine, tmp_path, new, run="new", analyse_again=False)
    assert counts == Counts(stored=1, updated=1, updated_positions=1, duplicate=1)
    assert texts(engine) == ["fine", "more", "slow but kind"]
    row = run_row(engine, "new")
    assert [row[name] for name in ("read", "stored", "updated", "updated_positions")] == [
        3,
        1,
        1,
        1,
    ]
    assert [place.text for place in positions(engine, "new")] == ["slow but kind", "more"]
    # The old one stays for audit, where it was.
    first, *_ = positions(engine, "old")
    assert (first.text, first.version, first.identity[32:]) == ("slow", 1, "~1")
    assert first.replaced_at is not None
    newer = positions(engine, "new")[0]
    assert (newer.version, newer.identity) == (2, first.identity[:32])
    check_run(engine, "old")
    check_run(engine, "new")
    # The same again changes nothing any more, neither here nor there.
    assert deliver(engine, tmp_path, new, run="new", analyse_again=False) == Counts(before=3)
    assert deliver(engine, tmp_path, OLD, "old.csv", run="old") == Counts(before=2)
    assert texts(engine) == ["fine", "more", "slow but kind"]


def test_a_fresh_run_has_all_documents_and_stays_fresh(engine: Engine, tmp_path: Path) -> None:
    deliver(engine, tmp_path, OLD)
    counts = deliver(engine, tmp_path, OLD, "again.csv", fresh=True)
    assert (counts.stored, counts.known) == (2, 2)
    assert deliver(engine, tmp_path, OLD, "again.csv", fresh=True) == Counts(before=2)
    with reading(engine) as connection:
        runs = connection.execute(select(Run.fresh).order_by(Run.id)).scalars()
        assert list(runs) == [False, True]
    deliver(engine, tmp_path, OLD, run="mine", fresh=True)
    with pytest.raises(IngestError, match="run mine was begun with --fresh; say the same again"):
        deliver(engine, tmp_path, OLD, run="mine")
    only = deliver(engine, tmp_path, OLD, "b.csv", fresh=True, analyse_again=False)
    assert (only.stored, only.duplicate) == (0, 2)


def test_a_changed_time_is_a_new_version_too(engine: Engine, tmp_path: Path) -> None:
    deliver(engine, tmp_path, OLD, run="old")
    new = [(1, "slow", "2026-03-04", "open"), OLD[1]]
    assert deliver(engine, tmp_path, new, "b.csv", run="new", analyse_again=False).updated == 1
    assert [row[3] for row in current(engine)] == [1, 2]


@pytest.mark.parametrize(
    ("column", "old", "new"), [("rating", "4/5", "2/5"), ("title", "Slow", "Slow at first")]
)
def test_a_changed_rating_or_title_is_a_new_version_too(
    engine: Engine, tmp_path: Path, column: str, old: str, new: str
) -> None:
    header = f"id,text,{column}"
    options: dict[str, Any] = {"source": "shop", "columns": ColumnChoice(**{column: column})}
    for value, counts in ((old, Counts(stored=2)), (new, Counts(updated=1, updated_positions=1))):
        rows = [(1, "the queue is slow", value), (2, "the staff is fine", old)]
        path = write_csv(tmp_path / "a.csv", rows, header)
        counts.duplicate = value != old
        assert (
            run_ingest(engine, path, **options, analyse_again=False, run=value[0]).counts == counts
        )
        check_run(engine, value[0])
    with reading(engine) as connection:
        statement = select(DocumentRow).where(DocumentRow.replaced_at.is_(None))
        rows_ = connection.execute(statement.order_by(DocumentRow.external_id)).all()
    assert [row.version for row in rows_] == [2, 1]
    if column == "rating":
        assert [(row.rating, row.rating_scale) for row in rows_] == [(2, 5), (4, 5)]
    else:
        assert rows_[0].text == "Slow at first\n\nthe queue is slow"


def test_a_scale_that_other_rows_show_makes_no_new_version(engine: Engine, tmp_path: Path) -> None:
    options: dict[str, Any] = {
        "source": "shop",
        "analyse_again": False,
        "columns": ColumnChoice(rating="rating"),
    }
    rows = [(n, f"the queue is {n} m long", n % 5 + 1) for n in range(9)]
    path = write_csv(tmp_path / "a.csv", rows, "id,text,rating")
    run_ingest(engine, path, **options)
    path = write_csv(tmp_path / "b.csv", [*rows, (9, "all is well", 9)], "id,text,rating")
    done = run_ingest(engine, path, **options)
    assert done.counts == Counts(stored=1, updated=9, refreshed=9)
    with reading(engine) as connection:
        found = connection.execute(select(DocumentRow.rating_scale, DocumentRow.version).distinct())
        assert list(found) == [(10, 1)]


def test_what_was_stored_before_there_were_ratings_gets_its_own(
    engine: Engine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", [(1, "the queue is slow", 4)], "id,text,rating")
    run_ingest(engine, path, columns=ColumnChoice(rating=""))
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).values(content_hash=None, metadata_hash=None))
    done = run_ingest(engine, path, analyse_again=False)
    assert done.counts == Counts(updated=1, refreshed=1)
    with reading(engine) as connection:
        (row,) = connection.execute(select(DocumentRow)).all()
    assert (row.rating, row.rating_scale, row.version) == (4, 5, 1)


def test_changed_metadata_is_written_over_in_place(engine: Engine, tmp_path: Path) -> None:
    deliver(engine, tmp_path, OLD, run="old")
    new = [(*row[:3], "closed") for row in OLD]
    counts = deliver(engine, tmp_path, new, "b.csv", run="new", analyse_again=False)
    assert counts == Counts(updated=2, refreshed=2)
    assert [row[2:] for row in current(engine)] == [({"status": "closed"}, 1)] * 2
    assert positions(engine, "new") == []
    check_run(engine, "new")
    # The order of columns is no change.
    header = "status,time,text,id"
    path = write_csv(tmp_path / "c.csv", [row[::-1] for row in new], header)
    again = run_ingest(engine, path, source="shop", run="again")
    assert again.counts == Counts(stored=2, known=2)


def test_keep_and_error(engine: Engine, tmp_path: Path) -> None:
    deliver(engine, tmp_path, OLD, run="old")
    new = [
        (1, "other", "2026-03-01", "open"),
        (2, "fine", "2026-03-02", "closed"),
        (3, "more", "", "open"),
    ]
    kept = deliver(engine, tmp_path, new, "b.csv", on_change="keep", analyse_again=False)
    assert kept == Counts(stored=1, duplicate=2, kept=2)
    assert texts(engine) == ["fine", "more", "slow"]
    path = write_csv(tmp_path / "c.csv", new, HEADER)
    done = run_ingest(engine, path, source="shop", on_change="error", run="error")
    assert done.counts == Counts(stored=1, known=1, rejected=2)
    assert texts(engine) == ["fine", "more", "slow"]
    reasons = [json.loads(line)["reason"] for line in done.rejects.read_text().splitlines()]
    assert "id '1' of source 'shop' is stored with another text" in reasons[0]
    assert "with other metadata; bring the change in with --on-change update" in reasons[1]
    with pytest.raises(IngestError, match="say one of update, keep, error"):
        deliver(engine, tmp_path, new, on_change="replace")


def test_a_later_file_of_the_same_run_changes_what_an_earlier_one_says(
    engine: Engine, tmp_path: Path
) -> None:
    one = write_csv(tmp_path / "jan.csv", [(1, "a"), (2, "b")])
    two = write_csv(tmp_path / "feb.csv", [(2, "changed"), (3, "c")])
    for size in (1, 10):
        asked: dict[str, Any] = {"run": f"r{size}", "source": f"s{size}", "block_size": size}
        counts = run_ingest(engine, one, two, **asked).counts
        assert counts == Counts(stored=3, updated=1, updated_positions=1)
        # Read again, the first file does not bring back what the second one replaced.
        assert run_ingest(engine, one, two, **asked).counts == Counts(before=4)
        assert [row.text for row in positions(engine, f"r{size}")] == ["a", "b", "changed", "c"]
        check_run(engine, f"r{size}")
    assert texts(engine) == ["a", "a", "c", "c", "changed", "changed"]


def test_a_file_that_was_changed_in_its_place(engine: Engine, tmp_path: Path) -> None:
    rows = [(n, f"text {n}") for n in range(9)]
    path = write_csv(tmp_path / "a.csv", rows)
    run_ingest(engine, path, run="r")
    for changed in ("other", "text 7"):
        rows[7] = (7, changed)
        write_csv(path, rows)
        counts = run_ingest(engine, path, run="r").counts
        assert counts == Counts(before=8, updated=1, updated_positions=1)
        assert texts(engine)[0 if changed == "other" else 7] == changed
        check_run(engine, "r")
    assert current(engine)[7] == ("7", "text 7", {}, 3)


def test_the_second_text_of_an_id_is_rejected_wherever_blocks_end(
    engine: Engine, tmp_path: Path
) -> None:
    run_ingest(engine, write_csv(tmp_path / "a.csv", [(1, "a")]), source="s", run="first")
    path = write_csv(tmp_path / "b.csv", [(1, "a"), (2, "b"), (1, "other")])
    for size in (1, 2, 10):
        asked: dict[str, Any] = {"source": "s", "run": f"r{size}", "block_size": size}
        for again in (False, True):
            counts = run_ingest(engine, path, **asked, analyse_again=again).counts
            assert (counts.updated, counts.rejected_in_all) == (0, 1)
    assert texts(engine) == ["a", "b"]


def test_what_an_older_version_has_stored_is_known_without_its_hashes(
    engine: Engine, tmp_path: Path
) -> None:
    deliver(engine, tmp_path, OLD, run="old")
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).values(content_hash=None, metadata_hash=None))
        connection.execute(update(RunDocument).values(input=None))
    assert deliver(engine, tmp_path, OLD, run="old") == Counts(before=2)
    # Something is read of a row that was not read before: no new version of so many documents.
    with writing(engine) as connection:
        connection.execute(update(DocumentRow).values(time=None))
    new = [OLD[0], (2, "changed", "2026-03-02", "open")]
    counts = deliver(engine, tmp_path, new, "b.csv", run="new", analyse_again=False)
    assert counts == Counts(updated=2, updated_positions=1, refreshed=1)
    assert [(row.text, row.time and row.time.day) for row in positions(engine, "new")] == [
        ("changed", 2)
    ]
    again = deliver(engine, tmp_path, new, "b.csv", run="new", analyse_again=False)
    assert again == Counts(before=2)


def test_forget_takes_all_versions(engine: Engine, tmp_path: Path) -> None:
    header = "id,text,customer"
    for name, rows in (
        ("a.csv", [(1, "mine", "me"), (2, "theirs", "you")]),
        ("b.csv", [(1, "mine, changed", ""), (2, "theirs", "you")]),
    ):
        run_ingest(engine, write_csv(tmp_path / name, rows, header), source="s", run=name)
    # Only the version that was replaced names the customer.
    which = Which("customer", "me")
    assert find_forgettable(engine, which).documents == 2
    (*_, done) = forget(engine, which)
    assert (done.documents, done.rows["run_documents"]) == (2, 2)
    assert texts(engine) == ["theirs"]
    with reading(engine) as connection:
        assert list(connection.execute(select(DocumentRow.external_id)).scalars()) == ["2"]
    assert verify(engine) == []


def test_with_the_run_of_a_version_the_one_before_is_current_again(
    engine: Engine, tmp_path: Path
) -> None:
    for name, said in (("a", "first"), ("b", "second"), ("c", "third")):
        path = write_csv(tmp_path / f"{name}.csv", [(1, said), (2, "same")])
        run_ingest(engine, path, source="s", run=name)
    for run, left in (("b", "third"), ("c", "first")):
        with reading(engine) as connection:
            number = find_run(connection, run)
        begin_deletion(engine, number)
        (*_, done) = delete_run(engine, number)
        assert done.documents == 1
        assert texts(engine) == sorted([left, "same"])
    assert verify(engine) == []
    # Its identity is as it was: the next delivery finds it.
    assert run_ingest(engine, tmp_path / "a.csv", source="s", run="d").counts.known == 2


_processes = multiprocessing.get_context("fork")


def _deliver_at(url: str, path: Path, run: str, start: Any) -> None:
    engine = open_engine(url)
    start.wait()
    run_ingest(engine, path, run=run, source="s", block_size=7, on_change="update")
    engine.dispose()


@pytest.mark.slow
def test_two_deliveries_change_the_same_documents_at_once(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    rows = [(n, f"text {n}") for n in range(60)]
    run_ingest(engine, write_csv(tmp_path / "old.csv", rows), run="old", source="s")
    work = []
    for run, order in (("one", 1), ("two", -1)):
        changed = [(n, f"{said} as {run} says") for n, said in rows][::order]
        work.append((write_csv(tmp_path / f"{run}.csv", changed), run))
    start = _processes.Barrier(len(work))
    started = [
        _processes.Process(target=_deliver_at, args=(database_url, path, run, start))
        for path, run in work
    ]
    for process in started:
        process.start()
    for process in started:
        process.join()
        assert process.exitcode == 0
    found = current(engine)
    assert len(found) == 60
    # Whoever came second has replaced what the first one made.
    assert {row[3] for row in found} == {3}
    for run in ("old", "one", "two"):
        check_run(engine, run)
    assert verify(engine) == []
