"""docs/data_engineer.md: its script for cron as it stands, and its other blocks in their order."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "data_engineer.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S)
YESTERDAY = f"reviews-{date.today() - timedelta(days=1)}.csv"


@pytest.fixture
def folder(tmp_path: Path, migrated_sqlite: Path) -> Path:
    """Where the page's paths lead to, with a delivery of yesterday and a database."""
    for name in ("deliveries", "log", "home"):
        (tmp_path / name).mkdir()
    shutil.copy(ROOT / "docs" / "reviews.csv", tmp_path / "deliveries" / YESTERDAY)
    shutil.copy(ROOT / "docs" / "reviews.csv", tmp_path / "deliveries/reviews-2026-11-30.csv")
    shutil.copy(migrated_sqlite, tmp_path / "triage.db")
    return tmp_path


def run(block: str, folder: Path, database: str) -> subprocess.CompletedProcess[str]:
    """A block in a shell, with the page's folders in the test's, and no pause between attempts."""
    for ours, there in (("/deliveries", "deliveries"), ("/var/log/triage", "log")):
        block = block.replace(ours, str(folder / there))
    block = block.replace(". /etc/triage.env", "sleep() { :; }")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    settings = {"PATH": path, "TRIAGE_DATABASE_URL": database, "TRIAGE_HOME": str(folder / "home")}
    return subprocess.run(
        ["bash", "-c", block],
        cwd=folder,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_script_for_cron_loads_yesterday(folder: Path) -> None:
    (script,) = [block for block in BLOCKS if block.startswith("#!/bin/sh")]
    done = run(script, folder, f"sqlite:///{folder / 'triage.db'}")
    assert done.returncode == 0, done.stderr
    (report,) = (folder / "log").iterdir()
    assert json.loads(report.read_text())["stored"] > 800


def test_it_ends_as_the_command_did_where_the_database_stays_away(folder: Path) -> None:
    (script,) = [block for block in BLOCKS if block.startswith("#!/bin/sh")]
    done = run(script, folder, "postgresql://nobody:x@127.0.0.1:1/triage")
    assert done.returncode == 75
    assert "ended with 75" in done.stdout


def test_the_other_blocks_run_one_behind_the_other(folder: Path) -> None:
    others = [block for block in BLOCKS if not block.startswith("#!/bin/sh")]
    assert len(others) == 3
    done = run("set -eo pipefail\n" + "".join(others), folder, f"sqlite:///{folder / 'triage.db'}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((folder / "books.json").read_text())
    assert (folder / "documents.parquet").stat().st_size > 0
