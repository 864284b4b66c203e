"""Draws the README's picture: the top of the page that `triage demo` leaves, as a PNG.

    python docs/picture.py .triage/demo/report.html docs/page.png

It needs playwright (an extra of development) and a Chromium: Debian's, or the one that the variable
CHROMIUM names.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 1280, 1180


def main(page: Path, target: Path) -> None:
    """Open the page, and take the picture."""
    with sync_playwright() as started:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        opened.goto(page.absolute().as_uri())
        opened.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
