"""From what people labelled and corrected to a model that serves, and to the run that counts."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from schema import settings as settings_module
from tests.end_to_end.node import running_node
from tests.end_to_end.test_journey import triage
from tests.support.teaching import build_base, labelled_rows, write_rows


@pytest.fixture
def settings(
    sqlite_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database, a queue, and a catalog of a model that knows nothing."""
    build_base(tmp_path / "before")
    (tmp_path / "before.toml").write_text('[sentiment]\nmodel = "./before"\n', "utf-8")
    for name, value in {
        "DATABASE_URL": sqlite_url,
        "MODELS": str(tmp_path / "before.toml"),
        "DEVICE": "cpu",
        "THREADS": "1",
    }.items():
        monkeypatch.setenv(f"TRIAGE_{name}", value)
    settings_module.settings.cache_clear()
    monkeypatch.chdir(tmp_path)


def run(name: str, tmp_path: Path) -> None:
    """Analyse the feedback in a run of its own."""
    ingest = ("ingest", "feedback.csv", "--run", name, "--analyses", "sentiment")
    triage(*ingest)
    with running_node(tmp_path, ["sentiment"]):
        triage(*ingest, "--wait")


def test_train_evaluate_serve_prefer(
    settings: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = labelled_rows(240)
    write_rows(tmp_path / "feedback.csv", [[text] for text, _ in rows[:40]], ["text"])
    triage("init")
    run("before", tmp_path)
    # A person labels what was drawn of the run.
    triage("review", "before", "--output", "review.csv", "--sample", "40")
    with (tmp_path / "review.csv").open(encoding="utf-8", newline="") as file:
        drawn = list(csv.DictReader(file))
    truths = dict(rows)
    for row in drawn:
        row["label"] = truths[row["text"]]
    header = list(drawn[0])
    write_rows(tmp_path / "review.csv", [list(row.values()) for row in drawn], header)
    triage("correct", "review.csv", "--by", "me")
    # A file with as many again, and one that nothing learns from.
    write_rows(tmp_path / "labelled.csv", rows[40:200], ["text", "label"])
    write_rows(tmp_path / "apart.csv", rows[200:], ["text", "label"])
    recipe = ("--learning-rate", "0.01", "--batch-size", "8", "--epochs", "3")
    given = ("--data", "labelled.csv", "--corrections", "--base", "./before")
    table = triage("train", "sentiment", *given, "--output", "./after", *recipe)
    # Nothing serves it yet: the catalog is as it was.
    before = (tmp_path / "before.toml").read_text("utf-8")
    assert before == '[sentiment]\nmodel = "./before"\n'
    (tmp_path / "after.toml").write_text(table[table.index("[sentiment]") :], "utf-8")
    measured = ("--data", "apart.csv", "--models", "after.toml", "--against", "before.toml")
    found = json.loads(triage("evaluate", "sentiment", *measured, "--json"))
    accuracy = found["scores"][0]
    assert accuracy["name"] == "accuracy" and accuracy["value"] > 0.9
    assert accuracy["difference_low"] > 0
    monkeypatch.setenv("TRIAGE_MODELS", str(tmp_path / "after.toml"))
    settings_module.settings.cache_clear()
    run("after", tmp_path)
    flips = json.loads(triage("compare", "before", "after", "--json"))
    right = next(row for row in flips if row["what"] == "right")
    assert re.match(r"\d", str(right["run_b"])) and right["run_a"] != right["run_b"]
    triage("prefer", "after")
    assert json.loads(triage("prefer", "--json"))["preferred"] == ["after"]
    triage("verify")
