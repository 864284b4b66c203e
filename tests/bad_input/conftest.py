"""Fixtures of bad input, and the table of what has been through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

import producer.commands.ingesting as console_ingesting
from schema.settings import settings
from tests.bad_input.amounts import EXAMPLES, SEEN, SHARES
from tests.bad_input.example import TEXT_LIMIT
from tests.bad_input.ingesting import Ingesting


@pytest.fixture
def ingesting(
    sqlite_engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Ingesting]:
    """The command, on SQLite."""
    yield _ingesting(sqlite_engine, tmp_path / "input", monkeypatch, capsys)


@pytest.fixture
def ingesting_in_postgresql(
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Ingesting]:
    """The command, on the kind of database that the test names."""
    yield _ingesting(engine, tmp_path / "input", monkeypatch, capsys)


def _ingesting(
    engine: Engine,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Ingesting:
    monkeypatch.setenv("TRIAGE_REJECTS", str(folder))
    monkeypatch.setenv("TRIAGE_TEXT_LIMIT", str(TEXT_LIMIT))
    settings.cache_clear()
    # Not opened, and checked to be up to date, for each of thousands of files.
    monkeypatch.setattr(console_ingesting, "open_database", lambda: engine)
    monkeypatch.setenv("COLUMNS", "120")
    return Ingesting(capsys, engine, folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much of each kind has been through, where many were asked for."""
    if EXAMPLES < 1_000:
        return
    for kind in SHARES:
        of_kind = {name: number for (one, name), number in SEEN.items() if one == kind}
        said = ", ".join(f"{number:,} {name}" for name, number in of_kind.items())
        terminalreporter.write_line(f"bad input, {kind}: {said}")
