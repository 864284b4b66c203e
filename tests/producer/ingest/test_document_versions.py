"""Versions of a document: which text is current after later files, forgetting and deleting."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from producer.ingest import Counts
from schema.database import open_engine, reading
from schema.ledger.delete import begin_deletion, delete_run
from schema.ledger.forget import Which, find_forgettable, forget
from schema.status.runs import find_run
from schema.tables import DocumentRow
from schema.verification import verify
from tests.support.deliveries import current, texts
from tests.support.ingesting import check_run, positions, run_ingest, write_csv


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
