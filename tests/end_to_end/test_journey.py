"""The whole way, by the commands that a user types: a file goes in, rows come out in SQL."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from schema.catalog import load_catalog
from tests.end_to_end.node import PATIENCE, running_node

#: Those that the built-in models serve.
ANALYSES = load_catalog("pocket").served
SAMPLE = Path(__file__).parents[2] / "producer" / "demo" / "feedback.csv"
ROWS = 60


def triage(*arguments: str, code: int = 0) -> str:
    """Run the console as a user does; returns its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "producer", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE * 3,
        env=os.environ | {"COLUMNS": "160"},
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code == 0 else done.stderr


def test_a_file_goes_in_and_rows_come_out(
    database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", database_url)
    assert "run: triage init" in triage("status", code=2)
    triage("init")
    ingested = triage("ingest", str(SAMPLE), "--run", "autumn", "--limit", str(ROWS))
    assert f"read {ROWS}" in ingested
    before = json.loads(triage("status", "autumn", "--json"))
    with running_node(tmp_path, ANALYSES):
        again = triage("ingest", str(SAMPLE), "--run", "autumn", "--limit", str(ROWS), "--wait")
        assert "stored 0" in again
    after = json.loads(triage("status", "autumn", "--json"))
    stored = before["stored"]
    assert stored == after["stored"]
    assert [row["analysis"] for row in after["analyses"]] == list(ANALYSES)
    for row in after["analyses"]:
        assert row["documents"] == stored
        assert row["done"] + row["dead"] + sum(row["not_analysed"].values()) == stored
        assert (row["in_flight"], row["waiting"]) == (0, 0)
    _results_are_counted_alike(database_url, stored)
    listed = list(csv.DictReader(triage("report", "models", "--format", "csv").splitlines()))
    # The sample says the language of each text, so that none has to be found.
    assert {row["analysis"] for row in listed} == {*ANALYSES} - {"language"}
    assert all(row["revision"].startswith("sha256:") for row in listed)


def _results_are_counted_alike(database_url: str, stored: int) -> None:
    """Every document has exactly one outcome in every analysis that gives one row a document."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:

        def count(sql: str) -> int:
            return int(connection.execute(text(sql)).scalar_one())

        for analysis, table in (
            ("language", "languages"),
            ("sentiment", "sentiments"),
            ("qa", "answers"),
            ("summary", "summaries"),
            ("translation", "translations"),
        ):
            done = count(f"SELECT count(*) FROM {table}")
            dead = count(f"SELECT count(*) FROM dead_letters WHERE analysis = '{analysis}'")
            of_analysis = f"FROM abstentions WHERE analysis = '{analysis}'"
            abstained = count(f"SELECT count(*) {of_analysis}")
            assert done + dead + abstained == stored, analysis
            # A model that translates from English alone; the others read all of the sample.
            assert (abstained > 0) == (analysis == "translation"), analysis
        assert count("SELECT count(*) FROM entities") > 0
        assert count("SELECT count(*) FROM jobs WHERE state <> 'done'") == 0
        assert count("SELECT count(*) FROM jobs WHERE attempts <> 1") == 0
        assert count("SELECT sum(end_position - first_position) FROM jobs") == stored * len(
            ANALYSES
        )
    engine.dispose()
