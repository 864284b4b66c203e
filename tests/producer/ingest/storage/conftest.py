"""Folders to ingest in and to forget from."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.console import Triage
from tests.support.elsewhere import Elsewhere


@pytest.fixture
def elsewhere(
    sqlite_engine: Engine, triage: Triage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Elsewhere:
    return Elsewhere(sqlite_engine, triage, tmp_path, monkeypatch)
