"""Two lines of TOML make an analysis of one's own, which goes the whole way to its report."""

from __future__ import annotations

import csv
import json
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


@pytest.fixture
def topics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two lines, and a list of labels: no model of one's own."""
    (tmp_path / "labels.toml").write_text(
        '[labels]\ndelivery = "The parcel is late, lost or damaged."\n'
        'price = "It costs too much."\n',
        "utf-8",
    )
    catalog = tmp_path / "catalog.toml"
    catalog.write_text('[topics]\nlabels = "labels.toml"\n', "utf-8")
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
    ingest = ("ingest", str(SAMPLE), "--run", "first", "--analyses", "urgency", "--limit", "40")
    triage(*ingest)
    with running_node(tmp_path, ["urgency"]):
        triage(*ingest, "--wait")
    (progress,) = json.loads(triage("status", "first", "--json"))["analyses"]
    assert (progress["analysis"], progress["done"], progress["dead"]) == ("urgency", ROWS, 0)
    triage("verify")
    listed = rows("report", "labels")
    assert {row["analysis"] for row in listed} == {"urgency"}
    assert {row["label"] for row in listed} <= set(LABELS)
    assert sum(int(row["documents"]) + int(row["unsure"]) for row in listed) == ROWS
    path = tmp_path / "one.jsonl"
    path.write_text('{"id": 1, "text": "My kettle burns!"}\n', "utf-8")
    shown = json.loads(triage("analyze", str(path), "--analyses", "urgency"))
    assert shown["urgency"]["label"] in LABELS


FEEDBACK = """id,text
1,Where is my parcel? It was due on Monday.
2,The courier lost my parcel.
3,Much too expensive.
4,Lovely colour!
5,The parcel came two weeks late. It is far too expensive as well.
"""


def test_labels_of_ones_own_go_the_whole_way(
    topics: Path,
    database_url: str,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with topics.open("a", encoding="utf-8") as file:
        file.write("multiple = true\n")
    monkeypatch.setenv("TRIAGE_DATABASE_URL", database_url)
    settings_module.settings.cache_clear()
    path = tmp_path / "feedback.csv"
    path.write_text(FEEDBACK, "utf-8")
    triage("init")
    ingest = ("ingest", str(path), "--run", "first", "--analyses", "topics")
    triage(*ingest)
    with running_node(tmp_path, ["topics"]):
        triage(*ingest, "--wait")
    triage("verify")
    listed = {row["label"]: row for row in rows("report", "labels")}
    counted = {
        label: int(row["documents"]) + int(row["unsure"])
        for label, row in listed.items()
        if row["analysis"] == "topics"
    }
    assert counted == {"delivery": 3, "price": 2, "(none)": 1}
    current = rows("export", "v_results_current")
    assert [row["analysis"] for row in current] == ["topics"] * 5


def test_a_bad_list_of_labels_ends_the_ingest_with_its_place(
    topics: Path, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "labels.toml").write_text("[labels]\nA1 = ''\n", "utf-8")
    monkeypatch.setenv("TRIAGE_DATABASE_URL", sqlite_url)
    settings_module.settings.cache_clear()
    path = tmp_path / "feedback.csv"
    path.write_text(FEEDBACK, "utf-8")
    triage("init")
    ended = triage("ingest", str(path), "--analyses", "topics", code=2)
    assert "labels.toml, [labels] A1: the label 'A1' has no description" in ended
