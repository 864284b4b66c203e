"""The notebook and the script run as they stand, and the page's blocks do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from sqlalchemy import Engine

import feedback_triage as ft
from feedback_triage import progress
from tests.support.working import work

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
#: Rows of the file that the script reads here.
ROWS = 40


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("TRIAGE_THREADS", "1")


def cells(notebook: Any) -> Iterator[Any]:
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def shown(cell: Any) -> str:
    """What stands below a cell, without figures, which machines round differently."""
    texts = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return re.sub(r"[\d.]+", "N", " ".join(" ".join(texts).split()))


@pytest.mark.usefixtures("importable")
def test_the_notebook_shows_what_is_stored_in_it() -> None:
    stored = nbformat.read(EXAMPLES / "first_look.ipynb", as_version=4)
    run = nbformat.read(EXAMPLES / "first_look.ipynb", as_version=4)
    for cell in cells(run):
        cell.outputs = []
    folder = {"metadata": {"path": str(EXAMPLES)}}
    NotebookClient(run, timeout=600, resources=folder).execute()
    for before, after in zip(cells(stored), cells(run), strict=True):
        assert shown(after) == shown(before), before.source
    assert sum(bool(shown(cell)) for cell in cells(stored)) >= 5


@pytest.mark.usefixtures("importable")
def test_the_script_names_products_and_what_is_wrong(tmp_path: Path) -> None:
    lines = (ROOT / "docs" / "reviews.csv").read_text("utf-8").splitlines()[: ROWS + 1]
    file = tmp_path / "reviews.csv"
    file.write_text("\n".join([*lines, "R-9999,2026-03-02,Loft hat,1,GB,member,"]), "utf-8")
    ended = subprocess.run(
        [sys.executable, str(EXAMPLES / "analyze_reviews.py"), str(file)],
        cwd=tmp_path,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"Rambler coat +\d+ +0\.\d\d", ended.stdout)
    assert "parcel arrived late" in ended.stdout
    assert ended.stderr == (
        f"left out: {file}, line {ROWS + 2}: empty: no text in column 'review'; fill the text in, "
        "or leave the row out\n"
    )


@pytest.mark.filterwarnings("ignore:there is no Redis yet")
def test_the_blocks_of_the_page_run_one_after_the_other(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever waits has its work done meanwhile, with results made up."""
    monkeypatch.chdir(ROOT)
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _: work(sqlite_engine))
    monkeypatch.setattr(progress, "time", clock)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/python.md").read_text("utf-8"), re.S)
    assert len(blocks) >= 6
    names: dict[str, Any] = {}
    for block in blocks:
        exec(block, names)
    ft.close()
    assert names["done"].stored > 800 and names["done"].rejected == 0
    assert ft.wait("spring").analyses[0].done == names["done"].stored
    assert "no-such-report" in capsys.readouterr().out
