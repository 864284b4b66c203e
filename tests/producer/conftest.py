"""Fixtures of the producer's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.producer.page.conftest import find_chromium
from tests.support.console import Triage


@pytest.fixture
def triage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Triage:
    """The console, in this process."""
    return Triage(monkeypatch, capsys)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One for all tests of pages: Playwright starts once in a process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        # Without a sandbox of its own: tests run as root in containers.
        running = started.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()
