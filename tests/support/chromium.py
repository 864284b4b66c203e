"""The machine's own Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


def find_chromium() -> str | None:
    """Its path: the variable CHROMIUM names it, or the PATH has it."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


needs_chromium = pytest.mark.skipif(
    find_chromium() is None,
    reason="needs a Chromium: install Debian's chromium, or name one by CHROMIUM",
)


@contextmanager
def running_chromium() -> Iterator[Any]:
    """Playwright's browser. Playwright starts once in a process: see the fixture `browser`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        # Without a sandbox of its own: tests run as root in containers.
        running = started.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()
