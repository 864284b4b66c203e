"""docs/quick_start.md: what it says to type is typed, and ends with what it promises."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "quick_start.md").read_text("utf-8")


def script() -> str:
    """Every block but the demo, which has a test of its own, and the path of the clone."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.M | re.S)
    (demo, path), (others) = blocks[:2], blocks[2:]
    assert demo == "make demo\n" and path.startswith("export PATH=")
    return "set -eo pipefail\n" + "".join([path.partition("\n")[2], *others])


def test_it_leads_to_a_page_about_the_file(tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    # The rest is as it is for somebody who has set nothing.
    settings = {"PATH": path, "TRIAGE_HOME": str(tmp_path / "home"), "TRIAGE_THREADS": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    done = subprocess.run(
        ["bash", "-c", script()],
        cwd=tmp_path,
        env=kept | settings,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "run first: ok" in done.stdout
    assert "</html>" in (tmp_path / "first.html").read_text("utf-8")
    assert "negative" in done.stdout
