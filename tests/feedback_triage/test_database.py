"""`ingest`, `runs`, `wait` and `read`: the way through the database, from Python."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sqlalchemy import Engine

import feedback_triage as ft
from schema.database import reading
from schema.ledger.cancel import cancel
from schema.status.runs import find_run
from tests.support.two_runs import seed
from tests.support.working import work

pytestmark = pytest.mark.filterwarnings("ignore:there is no Redis yet")

ROWS = {"id": ["a", "b", "c"], "review": ["It broke.", "Fine.", None], "stars": [1, 5, 3]}


def test_a_table_is_brought_in_analysed_and_read(sqlite_engine: Engine) -> None:
    table = pd.DataFrame(ROWS)
    done = ft.ingest(table, source="shop", run="first", analyses=["sentiment"])
    assert (done.run, done.read, done.stored, done.rejected) == ("first", 3, 2, 1)
    assert done.complete and done.rejects is not None and done.rejects.exists()
    (row,) = ft.runs(to="arrow").to_pylist()
    assert (row["run"], row["phase"], row["documents"], row["done"]) == ("first", "analysing", 2, 0)
    assert row["created_at"].tzinfo is not None
    with pytest.raises(TimeoutError, match="run first has not finished within 0 s"):
        done.wait(timeout=0)
    work(sqlite_engine)
    assert done.wait().analyses[0].done == 2
    found = ft.read("v_documents", run="first", where={"source": "shop"})
    assert isinstance(found, pd.DataFrame)
    assert sorted(found["external_id"]) == ["a", "b"]
    # The same table again doubles nothing.
    again = ft.ingest(pl.DataFrame(ROWS), source="shop", run="first", analyses="sentiment")
    assert (again.read, again.stored) == (3, 0)


def test_files_are_brought_in_as_by_the_command(sqlite_engine: Engine, tmp_path: Path) -> None:
    for name in ("a", "b"):
        lines = [f"{name}{number},It broke {number}." for number in range(3)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["key,words", *lines]), "utf-8")
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    done = ft.ingest(paths, id="key", text="words", analyses="sentiment,qa", question="Who?")
    assert (done.stored, done.rejects, done.complete) == (6, None, True)
    assert done.run.startswith("a-")


def test_what_could_not_be_read_is_a_warning(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("id,text\n1,It broke.\n", "utf-8")
    (tmp_path / "numbers.csv").write_text("a,b\n1,2\n3,4\n", "utf-8")
    with pytest.warns(UserWarning, match="numbers.csv"):
        done = ft.ingest([tmp_path / "good.csv", tmp_path / "numbers.csv"], analyses="sentiment")
    assert done.stored == 1 and not done.complete


def test_reports_and_views_are_frames_of_the_documented_types(engine: Engine) -> None:
    seed(engine)
    view = ft.read("v_documents", to="arrow")
    assert view.num_rows == 5
    assert view.schema.field("time").type == pa.timestamp("us", tz="UTC")
    assert view.schema.field("rating").type == pa.float64()
    first = ft.read("v_documents", limit=1)
    assert first.loc[0, "time"].utcoffset() == timedelta(0)
    by_product = ft.read("sentiment", by="product", to="polars")
    assert isinstance(by_product, pl.DataFrame) and "product" in by_product.columns
    # One without rows has its columns all the same.
    none = ft.read("v_documents", where={"source": "nobody"}, to="polars")
    assert none.columns == view.column_names and len(none) == 0


def test_what_cannot_be_done_has_the_sentence_of_the_command(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ft.TriageError, match="no run is named 'nonesuch'"):
        ft.wait("nonesuch")
    with pytest.raises(ft.TriageError, match="smell"):
        ft.read("smell")
    with pytest.raises(ft.TriageError, match="a table needs source="):
        ft.ingest(pd.DataFrame(ROWS))
    with pytest.raises(TypeError, match="no option 'analysis'"):
        ft.ingest("a.csv", analysis="sentiment")  # type: ignore[call-arg]
    done = ft.ingest(pd.DataFrame(ROWS), source="shop", run="given-up", analyses="sentiment")
    with reading(sqlite_engine) as connection:
        run_id = find_run(connection, done.run)
    cancel(sqlite_engine, run_id)
    with pytest.raises(ft.TriageError, match="run given-up was cancelled"):
        done.wait()
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(ft.TriageError) as raised:
        ft.runs()
    assert raised.value.retry
