"""Fixtures of the producer's tests."""

from __future__ import annotations

import pytest

from tests.support.console import Triage


@pytest.fixture
def triage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Triage:
    """The console, in this process."""
    return Triage(monkeypatch, capsys)
