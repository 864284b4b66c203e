"""A new analysis is two files and a migration that is written by itself; all else finds it.

A copy of the packages gets the files of `tests/support/made_up/`, and nothing in it is edited. From
there a CSV file goes the whole way, by the commands that a user types.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from schema.catalog import Catalog, CatalogEntry
from schema.document import Document
from schema.options import RunOptions
from tests.end_to_end.node import running_node
from tests.end_to_end.test_journey import SAMPLE, triage
from tests.support.checkpoints import build_sentiment
from workers.analyses import load_analysis
from workers.engine.engine import Engine

ROOT = Path(__file__).parents[2]
MADE_UP = ROOT / "tests" / "support" / "made_up"
#: From a file of the folder above to where its author would write it.
PLACES = {
    "result.py": "schema/results/politeness.py",
    "analysis.py": "workers/analyses/politeness.py",
}
ROWS = 40
LABELS = ("POLITE", "RUDE")


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    names = {str(number): name for number, name in enumerate(LABELS)}
    numbers = {name: number for number, name in enumerate(LABELS)}
    return build_sentiment(tmp_path / "manners", id2label=names, label2id=numbers)


@pytest.fixture
def clone(tmp_path: Path, checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packages with the new files; the current folder, whence processes import."""
    clone = tmp_path / "clone"
    for package in ("producer", "schema", "workers"):
        ignored = shutil.ignore_patterns("__pycache__", "pocket")
        shutil.copytree(ROOT / package, clone / package, ignore=ignored)
    for name, place in PLACES.items():
        shutil.copy(MADE_UP / name, clone / place)
    catalog = tmp_path / "catalog.toml"
    catalog.write_text(f'[politeness]\nmodel = "{checkpoint}"\n', "utf-8")
    monkeypatch.chdir(clone)
    monkeypatch.setenv("PYTHONPATH", str(clone))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("TRIAGE_MODELS", str(catalog))
    return clone


def test_it_goes_the_whole_way(
    clone: Path,
    checkpoint: Path,
    database_url: str,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", database_url)
    subprocess.run(
        [sys.executable, "-m", "schema.migrations", "Add politeness"], check=True, timeout=120
    )
    assert len(new_files(clone)) == len(PLACES) + 1
    triage("init")
    # Without --analyses: whatever the catalog has a model for.
    triage("ingest", str(SAMPLE), "--run", "manners", "--limit", str(ROWS))
    with running_node(tmp_path, ["politeness"]):
        triage("ingest", str(SAMPLE), "--run", "manners", "--limit", str(ROWS), "--wait")
        (worker,) = json.loads(triage("status", "--json"))["workers"]
    assert worker["analyses"] == ["politeness"]
    (model,) = worker["models"]
    assert model["name"] == str(checkpoint)
    assert model["bytes"] > 10_000
    (progress,) = json.loads(triage("status", "manners", "--json"))["analyses"]
    assert (progress["analysis"], progress["done"], progress["dead"]) == (
        "politeness",
        progress["documents"],
        0,
    )
    triage("verify")
    written = rows_of(database_url)
    assert written == {name: pytest.approx(row) for name, row in expected(checkpoint).items()}
    listed = list(csv.DictReader(triage("report", "labels", "--format", "csv").splitlines()))
    assert {row["label"]: int(row["documents"]) for row in listed} == Counter(
        LABELS[label] for label, _ in written.values()
    )
    assert {row["analysis"] for row in listed} == {"politeness"}
    triage("delete", "manners", "--yes")
    assert rows_of(database_url) == {}


def test_its_author_writes_little() -> None:
    for name in PLACES:
        assert len((MADE_UP / name).read_text("utf-8").splitlines()) < 60


def new_files(clone: Path) -> set[Path]:
    """What a clone has and the project has not; everything else is the same in both."""
    added = set()
    for path in clone.rglob("*"):
        original = ROOT / path.relative_to(clone)
        if path.is_file() and not original.exists():
            added.add(path.relative_to(clone))
        elif path.is_file():
            assert path.read_bytes() == original.read_bytes()
    return added


def rows_of(database_url: str) -> dict[str, tuple[int, float]]:
    """By the customer's own id: the number of the label, and its score."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT d.external_id, p.label, p.score FROM politeness AS p "
                "JOIN documents AS d ON d.id = p.document_id"
            )
        ).all()
    engine.dispose()
    return {row.external_id: (LABELS.index(row.label), row.score) for row in found}


def expected(checkpoint: Path) -> dict[str, tuple[int, float]]:
    """What the same model says here, where it is one of sentiment."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        sample = list(csv.DictReader(file))[:ROWS]
    documents = [Document(row["id"], row["text"]) for row in sample]
    polarity = {"POLITE": 1.0, "RUDE": -1.0}
    entry = CatalogEntry(model=str(checkpoint), polarity=polarity)
    catalog = Catalog("test", {"sentiment": entry})
    outcomes = Engine(load_analysis("sentiment", catalog, "cpu")).run(documents, RunOptions())
    return {
        str(document.id): (LABELS.index(outcome[0].label), outcome[0].score)  # type: ignore[index,union-attr]
        for document, outcome in zip(documents, outcomes, strict=True)
    }
