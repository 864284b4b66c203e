"""Two lines of TOML make an analysis of one's own, which goes the whole way to its report."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from schema import settings as settings_module
from schema.analyses import ANALYSES
from tests.end_to_end.node import running_node
from tests.end_to_end.test_journey import SAMPLE, triage
from tests.support.checkpoints import build_sentiment

ROWS = 40
LABELS = ("later", "now")


@pytest.fixture
def urgency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog of two lines."""
    names = {str(number): name for number, name in enumerate(LABELS)}
    numbers = {name: number for number, name in enumerate(LABELS)}
    build_sentiment(tmp_path / "urgency", id2label=names, label2id=numbers)
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[classify.urgency]\nmodel = "./urgency"\n', "utf-8")
    monkeypatch.setenv("TRIAGE_MODELS", str(catalog))
    settings_module.settings.cache_clear()
    monkeypatch.setattr(ANALYSES, "_own", ())
    return catalog


def rows(*words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(triage(*words, "--format", "csv").splitlines()))


def test_it_goes_the_whole_way(
    urgency: Path,
    database_url: str,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", database_url)
    settings_module.settings.cache_clear()
    triage("init")
    again = ("--analyses", "urgency", "--limit", str(ROWS))
    triage("ingest", str(SAMPLE), "--run", "first", *again)
    with running_node(tmp_path, ["urgency"]):
        triage("ingest", str(SAMPLE), "--run", "first", *again, "--wait")
        triage("ingest", str(SAMPLE), "--run", "second", *again, "--wait")
    (progress,) = json.loads(triage("status", "second", "--json"))["analyses"]
    assert (progress["analysis"], progress["done"], progress["dead"]) == ("urgency", ROWS, 0)
    # The same model has read the same texts.
    assert progress["reused"] == ROWS
    triage("verify")
    listed = rows("report", "labels")
    assert {row["analysis"] for row in listed} == {"urgency"}
    assert {row["label"] for row in listed} <= set(LABELS)
    assert sum(int(row["documents"]) + int(row["unsure"]) for row in listed) == ROWS
    current = rows("export", "v_results_current")
    assert Counter((row["analysis"], row["run"]) for row in current) == {
        ("urgency", "second"): ROWS
    }
    assert rows("compare", "first", "second", "--analysis", "urgency")[1]["documents"] == "0"
    _people_label_it(tmp_path)
    shown = json.loads(triage("analyze", str(_document(tmp_path)), "--analyses", "urgency"))
    assert shown["urgency"]["label"] in LABELS
    triage("forget", "--external-id", current_id(), "--yes")
    assert len(rows("export", "v_results_current")) == ROWS - 1
    triage("verify")
    triage("delete", "second", "--yes")
    assert {row["run"] for row in rows("export", "v_results_current")} == {"first"}


def _people_label_it(tmp_path: Path) -> None:
    """A person labels all of a random part, and the report counts it."""
    file = tmp_path / "labels.csv"
    triage("review", "second", "--analysis", "urgency", "--output", str(file))
    with file.open(encoding="utf-8-sig", newline="") as source:
        given = list(csv.DictReader(source))
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, given[0].keys())
        writer.writeheader()
        writer.writerows(row | {"label": "now"} for row in given)
    triage("correct", str(file), "--by", "me")
    corrected = rows("report", "corrected-shares")
    assert {row["analysis"] for row in corrected} == {"urgency"}
    assert {row["labelled"] for row in corrected} == {str(ROWS)}
    trusted = rows("trust")
    assert any(row["figure"] == "model and people agree" for row in trusted)
    (right,) = [row for row in rows("compare", "first", "second") if row["what"] == "right"]
    assert right["of"] == str(ROWS)


def _document(tmp_path: Path) -> Path:
    path = tmp_path / "one.jsonl"
    path.write_text('{"id": 1, "text": "My kettle burns!"}\n', "utf-8")
    return path


def current_id() -> str:
    return rows("export", "v_documents", "--limit", "1")[0]["external_id"]
