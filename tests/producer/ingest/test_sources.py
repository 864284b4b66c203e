"""The same feedback in two files is one document, and other feedback under its number is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update

from producer.ingest import Counts, IngestError
from producer.ingest.columns.choice import ColumnChoice
from schema.database import reading, writing
from schema.tables import DocumentRow, RunInput
from tests.support.ingesting import check_run, run_ingest, write_csv

JANUARY = [(1, "the bench is broken"), (2, "the lamp is out")]
FEBRUARY = [(2, "the lamp is out"), (3, "the path is icy")]
CLINIC = [(1, "a doctor listened"), (2, "parking too far")]


def documents(engine: Engine) -> list[tuple[str, str]]:
    """Source and text of what is current."""
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT source, text FROM documents ORDER BY id")).all()
    return [(row[0], row[1]) for row in rows]


def ingest(engine: Engine, *paths: Path, **asked: Any) -> tuple[Counts, list[str]]:
    """Ingest, and what was said beside."""
    said: list[str] = []
    options: dict[str, Any] = {"analyses": "qa", "notify": said.append, **asked}
    done = run_ingest(engine, *paths, **options)
    check_run(engine, done.run)
    return done.counts, said


@pytest.mark.parametrize("other", ["reviews-feb", "reviews (1)", "reviews-b"])
def test_deliveries_that_overlap_are_of_one_source(
    engine: Engine, tmp_path: Path, other: str
) -> None:
    ingest(engine, write_csv(tmp_path / "reviews-jan.csv", JANUARY))
    counts, said = ingest(engine, write_csv(tmp_path / f"{other}.csv", FEBRUARY))
    assert counts == Counts(stored=1, duplicate=1)
    assert [source for source, _ in documents(engine)] == ["reviews"] * 3
    assert len(said) == (other == "reviews-b")


def test_the_same_numbers_with_other_words_are_other_feedback(
    engine: Engine, tmp_path: Path
) -> None:
    ingest(engine, write_csv(tmp_path / "reviews-1.csv", JANUARY))
    path = write_csv(tmp_path / "reviews-2.csv", CLINIC)
    counts, said = ingest(engine, path)
    assert counts == Counts(stored=2)
    assert "its ids are stored in source 'reviews' with other texts" in said[0]
    assert documents(engine)[2:] == [("reviews-2", one) for _, one in CLINIC]
    # The same command again, and the same files in one, find them where they are.
    assert ingest(engine, path)[0] == Counts(before=2)
    both = ingest(engine, tmp_path / "reviews-1.csv", path, run="both")[0]
    assert both == Counts(stored=4, known=4)
    assert len(documents(engine)) == 4


def test_files_of_one_command_are_told_from_each_other_too(engine: Engine, tmp_path: Path) -> None:
    one = write_csv(tmp_path / "reviews-1.csv", JANUARY)
    two = write_csv(tmp_path / "reviews-2.csv", CLINIC)
    for expected in (Counts(stored=4), Counts(before=4)):
        assert ingest(engine, one, two, run="r")[0] == expected
    assert [source for source, _ in documents(engine)] == ["reviews"] * 2 + ["reviews-2"] * 2


def test_edited_feedback_of_a_usual_name_is_of_that_source(engine: Engine, tmp_path: Path) -> None:
    ingest(engine, write_csv(tmp_path / "reviews-jan.csv", JANUARY))
    edited = [(1, "the bench is broken and wet"), JANUARY[1]]
    counts, _ = ingest(engine, write_csv(tmp_path / "reviews-feb.csv", edited))
    assert counts == Counts(updated=1, updated_positions=1, duplicate=1)
    assert dict(documents(engine)) == {"reviews": edited[0][1]}


def test_where_most_is_stored_with_other_texts_it_has_to_be_said(
    engine: Engine, tmp_path: Path
) -> None:
    ingest(engine, write_csv(tmp_path / "a.csv", JANUARY), source="shop")
    path = write_csv(tmp_path / "b.csv", CLINIC)
    done = run_ingest(engine, path, source="shop", run="r", analyses="qa")
    assert done.counts == Counts(rejected=2, doubted=2)
    assert "say --on-change update" in done.rejects.read_text()
    assert [one for _, one in documents(engine)] == [one for _, one in JANUARY]
    # With it the same command brings them in.
    counts, _ = ingest(engine, path, source="shop", run="r", on_change="update")
    assert (counts.updated, counts.rejected) == (2, 0)
    assert [one for _, one in documents(engine)] == [one for _, one in CLINIC]


def test_a_run_of_an_older_version_keeps_the_sources_that_it_has(
    engine: Engine, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "reviews-jan.csv", [*JANUARY, (3, "")])
    ingest(engine, path, source="reviews-jan", run="r", max_rejected=0.5)
    with writing(engine) as connection:
        connection.execute(update(RunInput).values(source=None))
    counts, _ = ingest(engine, path, run="r")
    assert counts == Counts(before=3, rejected_before=1)
    # A further delivery is found to be of that source, too.
    counts, said = ingest(engine, write_csv(tmp_path / "reviews-feb.csv", FEBRUARY))
    assert counts == Counts(stored=1, duplicate=1)
    assert "stored in source 'reviews-jan'" in said[0]


def test_no_source_is_left(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producer.ingest.storage.sources.MOST_NUMBERED", 2)
    for number, rows in enumerate((JANUARY, CLINIC), 1):
        ingest(engine, write_csv(tmp_path / f"reviews-{number}.csv", rows))
    third = write_csv(tmp_path / "reviews.csv", [(1, "zzz"), (2, "yyy")])
    with pytest.raises(IngestError, match="give --source, or the right --id"):
        ingest(engine, third)


def test_rows_without_an_id_are_said_before_they_are_stored(engine: Engine, tmp_path: Path) -> None:
    rows = [(f"a text that is long enough {n}", f"2026-03-0{n + 1}") for n in range(4)]
    path = write_csv(tmp_path / "a.csv", rows, "text,date")
    _, said = ingest(engine, path, source="s")
    assert len(said) == 1 and "has no id column: its rows are known by their place" in said[0]
    # One row put on top.
    other = write_csv(tmp_path / "b.csv", [("new on top, and long", ""), *rows], "text,date")
    _, said = ingest(engine, other, source="s")
    assert "most of its rows are new, though their texts are stored already" in said[0]


def test_ratings_that_count_with_each_answer_are_told_of(engine: Engine, tmp_path: Path) -> None:
    rows = [(n, f"a good thing {n}", f"a bad thing {n}", 1 + n % 5) for n in range(20)]
    path = write_csv(tmp_path / "a.csv", rows, "id,pros,cons,rating")
    _, said = ingest(engine, path, source="s", columns=ColumnChoice(text="pros,cons"))
    assert len(said) == 1 and "ratings count up to 2 times" in said[0]
    without = ColumnChoice(text="pros,cons", rating="")
    _, said = ingest(engine, path, source="t", columns=without)
    assert not any("ratings count" in one for one in said)


def test_identity_by_content(engine: Engine, tmp_path: Path) -> None:
    rows = [("good", "2026-03-01", "x"), ("good", "2026-03-02", "x"), ("good", "2026-03-01", "y")]
    path = write_csv(tmp_path / "a.csv", rows, "text,date,who")
    asked = {"source": "s", "id_from": "text, time"}
    counts, said = ingest(engine, path, **asked)
    assert (counts, said) == (Counts(stored=2, duplicate=1), [])
    moved = write_csv(tmp_path / "b.csv", [("new", "", ""), *rows[::-1]], "text,date,who")
    counts, _ = ingest(engine, moved, **asked)
    assert (counts.stored, counts.updated_positions) == (1, 0)
    assert len(documents(engine)) == 3
    assert ingest(engine, path, source="t", id_from="text,WHO")[0].stored == 2
    with pytest.raises(IngestError, match=r"no column 'what' \(--id-from\).*text, date, who"):
        ingest(engine, path, source="s", id_from="what")
    with reading(engine) as connection:
        assert set(connection.execute(select(DocumentRow.external_id)).scalars()) == {None}


def test_a_snapshot_marks_what_no_longer_comes(engine: Engine, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"source": "s", "snapshot": True}
    ingest(engine, write_csv(tmp_path / "x.csv", [(1, "of another source")]), source="x")
    ingest(engine, write_csv(tmp_path / "a.csv", [(n, f"text {n}") for n in range(9)]), **asked)
    second = write_csv(tmp_path / "b.csv", [(n, f"text {n}") for n in range(7)] + [(9, "text 9")])
    assert ingest(engine, second, **asked)[0].gone == 2
    assert gone(engine) == ["text 7", "text 8"]
    # What comes again is there again; a delivery of which too much is rejected marks nothing.
    wrong = [(1, "one", "too many"), (2, "one", "too many")]
    third = write_csv(tmp_path / "c.csv", [(8, "text 8"), (0, "text 0"), *wrong])
    counts, _ = ingest(engine, third, **asked)
    assert (counts.rejected, counts.gone) == (2, 0)
    assert gone(engine) == ["text 7"]
    counts, _ = ingest(engine, third, **asked, max_rejected=0.5, run="r")
    assert counts.gone == 7
    assert "of another source" not in gone(engine)
    with pytest.raises(IngestError, match="--snapshot needs all rows"):
        ingest(engine, third, **asked, limit=1)


def gone(engine: Engine) -> list[str]:
    statement = "SELECT text FROM documents WHERE gone_at IS NOT NULL ORDER BY text"
    with reading(engine) as connection:
        return list(connection.execute(text(statement)).scalars())
