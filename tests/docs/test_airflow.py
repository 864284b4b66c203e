"""docs/data_engineer.md: its task for Airflow, in doubles of Airflow's decorators and errors."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "data_engineer.md").read_text("utf-8")
DAY = "2026-11-30"


class AwayError(Exception):
    """`AirflowException`: the task is tried again."""


class FinalError(Exception):
    """`AirflowFailException`: it is not."""


def task(function: Callable[..., Any]) -> Callable[..., Any]:
    """Runs where it is called, and is given the day if it asks for it."""
    wanted = {"ds": DAY} if "ds" in inspect.signature(function).parameters else {}
    return lambda *before: function(*before, **wanted)


@pytest.fixture
def run(
    tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Runs the page's code on the deliveries in `tmp_path`, without waiting for workers."""
    shutil.copy(migrated_sqlite, tmp_path / "triage.db")
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path / 'triage.db'}")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    modules = {
        name: ModuleType(name) for name in ("airflow", "airflow.sdk", "airflow.sdk.exceptions")
    }
    errors = {"AirflowException": AwayError, "AirflowFailException": FinalError}
    vars(modules["airflow.sdk.exceptions"]).update(errors)
    vars(modules["airflow.sdk"]).update(dag=lambda **_: lambda function: function, task=task)
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    (code,) = re.findall(r"^```python\n(from datetime.*?)^```", PAGE, re.M | re.S)
    assert '"--wait", ' in code
    code = code.replace("/deliveries", str(tmp_path)).replace('"--wait", ', "")
    return lambda: exec(compile(code, "data_engineer.md", "exec"), {})


def test_a_delivery_is_loaded(run: Callable[[], None], tmp_path: Path) -> None:
    shutil.copy(ROOT / "docs" / "reviews.csv", tmp_path / f"reviews-{DAY}.csv")
    run()
    run()  # The same day twice.


def test_a_database_that_is_away_is_tried_again(
    run: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "docs" / "reviews.csv", tmp_path / f"reviews-{DAY}.csv")
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://nobody:x@127.0.0.1:1/triage")
    with pytest.raises(AwayError, match="does not answer"):
        run()


def test_a_delivery_that_is_missing_is_for_a_person(run: Callable[[], None]) -> None:
    with pytest.raises(FinalError, match=f"reviews-{DAY}.csv"):
        run()


def test_rejected_rows_are_for_a_person_after_the_others_are_stored(
    run: Callable[[], None], tmp_path: Path
) -> None:
    (tmp_path / f"reviews-{DAY}.csv").write_text("id,text\n1,Fine.\n2,a,b,c\n3,d,e,f\n")
    with pytest.raises(FinalError, match="rejected: 2, see .*rejects"):
        run()
