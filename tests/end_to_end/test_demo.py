"""`triage demo`: from nothing to a report, and nothing left running, however it ends."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from schema.catalog import load_catalog
from tests.end_to_end.node import PATIENCE
from tests.support.modes import open_to_others
from tests.support.pages import Document
from tests.support.waiting import wait_until

#: Those that the built-in models serve.
ANALYSES = load_catalog("pocket").served
ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    # Settings of real use must not leak into the demo.
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/real")
    monkeypatch.setenv("TRIAGE_REDIS_URL", "redis://127.0.0.1:1/0")
    (tmp_path / ".env").write_text("TRIAGE_THREADS=7\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def demo(home: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "producer", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"COLUMNS": "80", "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        umask=0,
    )
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def left_behind(home: Path) -> list[psutil.Process]:
    """Processes that belong to this demo, whoever their parent is now."""
    found = []
    for process in psutil.process_iter():
        try:
            mine = process.environ().get("TRIAGE_HOME", "").startswith(str(home))
        except psutil.Error:
            continue
        if mine and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def test_from_nothing_to_a_report(home: Path, demo: subprocess.Popen[str]) -> None:
    said, _ = demo.communicate(timeout=PATIENCE * 5)
    assert demo.returncode == 0, said
    for part in (
        "classified as negative",
        "Goes with low ratings",
        "Worst product: ",
        "open it with a browser: home/demo/report.html",
        "TRIAGE_DATABASE_URL=sqlite:///home/demo/triage.db",
    ):
        assert part in said
    page = Document((home / "demo" / "report.html").read_text("utf-8"))
    texts = page.data("texts")
    assert len(texts["documents"]) > 200 and {"chart-stars", "themes"} <= {
        one.attributes.get("id") for one in page.elements
    }
    for analysis in ANALYSES:
        assert re.search(rf"^{analysis} +\d+ +\d+ +0 +0 +\d+ ", said, re.MULTILINE), said
    log = (home / "demo" / "worker.log").read_text()
    assert re.search(r"models loaded: .*, \d+ threads", log) and ", 7 threads" not in log
    untranslated = re.search(r"# why (\d+) texts have no translation", said)
    with sqlite3.connect(home / "demo" / "triage.db") as database:
        query = "SELECT count(*) FROM abstentions WHERE analysis = 'translation'"
        assert untranslated and database.execute(query).fetchone() == (int(untranslated[1]),)
    database.close()
    assert (home / "demo" / "demo.rejects.jsonl").read_text().count("\n") == 1
    assert left_behind(home) == []
    assert open_to_others(home) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_midway_it_leaves_nothing_running(
    home: Path, demo: subprocess.Popen[str], number: signal.Signals
) -> None:
    wait_until(lambda: len(left_behind(home)) >= 3, PATIENCE)
    demo.send_signal(number)
    demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 128 + number
    assert left_behind(home) == []


def test_killed_it_leaves_nothing_running(home: Path, demo: subprocess.Popen[str]) -> None:
    wait_until(lambda: len(left_behind(home)) >= 3, PATIENCE)
    demo.kill()
    wait_until(lambda: left_behind(home) == [], PATIENCE)
