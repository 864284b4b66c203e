"""Feedback that is delivered again with other content, in both databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from producer.ingest import ColumnChoice, Counts, IngestError
from schema.database import reading, writing
from schema.tables import DocumentRow, Run, RunDocument
from tests.support.deliveries import HEADER, OLD, current, deliver, texts
from tests.support.ingesting import check_run, positions, run_ingest, run_row, write_csv


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
