"""`analyze` and `Analyzer`: whatever texts come in, each has its results beside it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import feedback_triage as ft
from feedback_triage import analyzer, frames

pytestmark = pytest.mark.slow

LAMP = "The lamp from Ikea is broken. I want a refund."
FINE = "Great service, thank you!"
ROWS = {"number": [10, 20], "review": [LAMP, FINE]}


@pytest.fixture(scope="module", autouse=True)
def closed() -> Iterator[None]:
    yield
    ft.close()


def test_importing_it_loads_nothing_that_takes_time() -> None:
    slow = {"torch", "transformers", "pandas", "polars", "pyarrow", "sqlalchemy", "numpy"}
    program = f"import sys, feedback_triage; sys.exit(' '.join({slow} & sys.modules.keys()) or 0)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_texts_have_their_results_beside_them() -> None:
    found = ft.analyze([LAMP, None, FINE], "sentiment,entities")
    assert isinstance(found, pd.DataFrame)
    assert list(found["text"].fillna("")) == [LAMP, "", FINE]
    assert list(found["sentiment_polarity"].fillna("")) == ["negative", "", "positive"]
    assert [one["text"] for one in found.loc[0, "entities"]] == ["Ikea"]
    # Nothing was found in one, and nothing was looked for in the other.
    assert found.loc[2, "entities"] == [] and found.loc[1, "entities"] is None
    assert found["error"].notna().tolist() == [False, True, False]
    assert found.loc[1, "error"] == (
        "the texts, row 2: empty: no text in column 'text'; fill the text in, or leave the row out"
    )
    # It can be counted with, though one is missing.
    assert (~found["sentiment_unsure"]).sum() == 2


def test_a_table_of_pandas_keeps_its_columns_and_its_index() -> None:
    table = pd.DataFrame(ROWS, index=["a", "b"])
    found = ft.analyze(table, "sentiment")
    assert list(found.index) == ["a", "b"] and list(found["number"]) == [10, 20]
    assert found.loc["a", "sentiment_polarity"] == "negative"
    assert "sentiment_polarity" not in table
    # Once more on what came back: its results are replaced.
    again = ft.analyze(found, "sentiment", text="review")
    assert list(again.columns) == list(found.columns)


def test_a_table_comes_back_as_it_was_given_or_as_is_said() -> None:
    arrow, polars = pa.table(ROWS), pl.DataFrame(ROWS)
    for table in (arrow, polars):
        found: Any = ft.analyze(table, ["sentiment"])
        assert type(found) is type(table)
        assert [int(str(one)) for one in found["number"]] == [10, 20]
    found = ft.analyze(arrow, "sentiment,qa", question="What does the customer want?", to="polars")
    assert found["sentiment_polarity"].to_list() == ["negative", "positive"]
    assert found["qa"][0][0]["answer"] == "a refund"
    assert ft.analyze(polars, "sentiment", to="pandas").loc[1, "sentiment_polarity"] == "positive"
    assert ft.analyze([LAMP], "sentiment", to="arrow").schema.field("error").type == pa.string()


def test_types_do_not_depend_on_what_was_found() -> None:
    asked = "language,sentiment,entities,qa,summary,intent"
    some = ft.analyze([LAMP], asked, to="arrow")
    none = ft.analyze([""], asked, to="arrow")
    assert some.schema == none.schema
    assert none["entities"].to_pylist() == [None] and none["error"].to_pylist()[0]


def test_a_series_keeps_its_index_and_other_arrays_are_texts_too() -> None:
    series = pd.Series([LAMP, FINE], index=[7, 8])
    assert list(ft.analyze(series, "sentiment").index) == [7, 8]
    for texts in (pa.array([LAMP, FINE]), pl.Series([LAMP, FINE]), iter([LAMP, FINE])):
        found = ft.analyze(texts, "sentiment", to="arrow")
        assert found["sentiment_polarity"].to_pylist() == ["negative", "positive"]


def test_a_file_is_read_as_an_ingest_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "reviews.parquet"
    pq.write_table(pa.table({"id": [1, 2], "stars": [1, 5], "body": [LAMP, FINE]}), file)
    found = ft.analyze(file, "sentiment")
    assert list(found.columns[:3]) == ["id", "text", "rating"]
    assert list(found["id"]) == [1, 2] and list(found["rating"]) == [1.0, 5.0]
    assert list(found["sentiment_polarity"]) == ["negative", "positive"]


def test_models_stay_between_calls_and_options_may_differ() -> None:
    ft.analyze([FINE], "qa", question=["Who?", "What?"])
    (process,) = (one._process for one in analyzer._KEPT.values())
    found = ft.analyze([FINE], "qa", question="Why?")
    assert [one["question"] for one in found.loc[0, "qa"]] == ["Why?"]
    assert [one._process for one in analyzer._KEPT.values()] == [process]


def test_an_analyzer_ends_with_its_block_and_may_be_pickled() -> None:
    with ft.Analyzer("language", device="cpu") as opened:
        assert opened.analyze([FINE])["language"][0] == "en"
        process = opened._engine._process
        assert process is not None and process.poll() is None
        with pickle.loads(pickle.dumps(opened)) as other:
            assert other.analyze([FINE], to="arrow")["language"].to_pylist() == ["en"]
    assert process.returncode is not None


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: ft.analyze([FINE], "smell"), "names 'smell'; choose from"),
        (lambda: ft.analyze([FINE], translate_to="gibberish"), "is no language code"),
        (lambda: ft.analyze([FINE], models="nonesuch.toml"), "nonesuch.toml"),
        (lambda: ft.Analyzer("smell"), "names 'smell'; choose from"),
        (lambda: ft.analyze("nonesuch.csv"), "nonesuch.csv"),
        (lambda: ft.analyze(FINE), "this path does not exist; a text itself goes in a list"),
        (lambda: ft.analyze(pa.table({"a": [1], "b": [2]})), "the table: no column looks like"),
        (lambda: ft.analyze(pa.table(ROWS), text="smell"), "smell"),
    ],
)
def test_what_cannot_be_done_has_the_sentence_of_the_command(call: Any, sentence: str) -> None:
    with pytest.raises(ft.TriageError) as raised:
        call()
    assert sentence in str(raised.value) and "\n" not in str(raised.value)
    assert not raised.value.retry


def test_a_wrong_argument_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TypeError, match="give a list of texts"):
        ft.analyze(7)
    with pytest.raises(ValueError, match="none of 'pandas', 'arrow', 'polars'"):
        ft.analyze([FINE], to="spark")  # type: ignore[arg-type]
    monkeypatch.setattr(frames, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="polars is not installed: pip install polars"):
        ft.analyze([FINE], to="polars")
    # Without pandas there is always Arrow.
    assert frames.choose_kind(None) == "arrow"
