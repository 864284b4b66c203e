"""`triage evaluate` from labelled files to figures, for one catalog and for two."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from schema.catalog import load_catalog
from schema.corrections.store import Correction, store
from schema.corrections.subject import Subject
from schema.database import writing
from tests.support.checkpoints import build_sentiment
from tests.support.feedback_texts import long_texts
from tests.support.parity import analyse
from tests.support.reviewed import make_reviewed_run
from workers.analyses import load_analysis
from workers.calibrate.examples import DataError
from workers.evaluate import command
from workers.evaluate.library import library

pytestmark = pytest.mark.slow

TEXTS = [" ".join(text.split()) for text in long_texts(7, 60, 7)]


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    path = tmp_path / "catalog.toml"
    path.write_text(f'[sentiment]\nmodel = "{build_sentiment(tmp_path / "feelings")}"\n', "utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path, catalog: Path) -> Path:
    """The model's own polarities, but for every fourth text."""
    results = analyse(load_analysis("sentiment", load_catalog(str(catalog)), "cpu"), TEXTS)
    path = tmp_path / "labelled.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["body", "feeling"])
        for number, (text, (one,)) in enumerate(zip(TEXTS, results, strict=True)):
            rows.writerow([text, "neutral" if number % 4 == 0 else one.polarity])  # type: ignore[attr-defined]
    return path


def run(data: Path, catalog: Path, *more: str) -> int:
    columns = ["--text", "body", "--label", "feeling", "--device", "cpu"]
    return command.main(
        ["sentiment", "--data", str(data), "--models", str(catalog), *columns, *more]
    )


def scores(printed: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in json.loads(printed)["scores"]}


def test_a_model_is_measured(data: Path, catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, catalog, "--json") == 0
    printed = capsys.readouterr().out
    accuracy = scores(printed)["accuracy"]
    assert accuracy["value"] == 0.75
    assert 0.6 < accuracy["low"] < 0.75 < accuracy["high"] < 0.9
    assert sum(one["texts"] for one in json.loads(printed)["confusion"]) == len(TEXTS)
    assert len(json.loads(printed)["wrong"]) == 15
    assert run(data, catalog, "--limit", "2") == 0
    shown = capsys.readouterr().out
    assert "wrong in" in shown and "15, the first 2" in shown and "in place of neutral" in shown
    # No text, unless it is asked for.
    assert TEXTS[0][:30] not in shown
    assert run(data, catalog, "--limit", "1", "--show-text") == 0
    assert TEXTS[0][:30] in capsys.readouterr().out


def test_two_catalogs_stand_side_by_side(
    data: Path, catalog: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.toml"
    # The same weights, told that positive is negative.
    swapped = 'polarity = { POSITIVE = "negative", NEGATIVE = "positive" }'
    other.write_text(f"{catalog.read_text('utf-8')}{swapped}\n", "utf-8")
    assert run(data, catalog, "--against", str(other), "--json") == 0
    found = scores(capsys.readouterr().out)["accuracy"]
    assert found["against"] == 0.0 and found["difference"] == 0.75
    assert found["difference_low"] > 0.6
    assert run(data, catalog, "--against", str(catalog)) == 0
    shown = capsys.readouterr().out
    assert "+0.000 (+0.000 … +0.000)" in shown and "differs" not in shown


def test_what_people_corrected_is_evaluated(
    engine: Engine, catalog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_id, documents = make_reviewed_run(engine, [-0.9, 0.8, 0.7])
    with writing(engine) as connection:
        said = [Correction(one, "negative", "random") for one in documents]
        store(connection, Subject(run_id, "sentiment"), said, "me")
    options = ["--corrections", "--models", str(catalog), "--device", "cpu"]
    assert command.main(["sentiment", *options]) == 0
    shown = capsys.readouterr().out
    assert "3 of 3 texts" in shown and "fewer than 30 texts say little" in shown


def test_what_is_missing_is_said(
    data: Path,
    catalog: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run(data, catalog, "--label", "body") == 2
    assert "line 2: the label names none of negative, neutral, positive" in capsys.readouterr().err
    assert command.main(["entities", "--data", str(data), "--models", str(catalog)]) == 2
    assert "has no model for 'entities'" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "seqeval.metrics.sequence_labeling", None)
    with pytest.raises(DataError, match=r"pip install '\.\[worker,evaluate\]'"):
        library("seqeval.metrics.sequence_labeling")


def test_the_console_starts_it(data: Path, catalog: Path) -> None:
    console = [sys.executable, "-m", "producer", "evaluate", "sentiment", "--data", str(data)]
    options = ["--models", str(catalog), "--text", "body", "--label", "feeling", "--json"]
    done = subprocess.run(
        [*console, *options],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"TRIAGE_DEVICE": "cpu"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert scores(done.stdout)["accuracy"]["value"] == 0.75
