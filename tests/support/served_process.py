"""`triage serve` as a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class ServedProcess:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    log: Path
    address: str


@contextmanager
def served_process(database: str, folder: Path, **settings: str) -> Iterator[ServedProcess]:
    """Run it on a free port until the end of the block.

    Args:
        database: Its URL.
        folder: For what it says, and TRIAGE_HOME.
        settings: Further settings, without `TRIAGE_`.
    """
    log = folder / "serve.log"
    names = {"database_url": database, "home": str(folder / "home")} | settings
    environment = os.environ | {f"TRIAGE_{name.upper()}": value for name, value in names.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "producer", "serve", "--port", "0"],
            env=environment | {"PYTHONPATH": str(ROOT)},
            cwd=folder,
            stdout=output,
            stderr=output,
        )

    def address() -> str | None:
        assert process.poll() is None, log.read_text("utf-8")
        found = re.search(r"the page is at (http://\S+?)/ ", log.read_text("utf-8"))
        return found and found[1]

    try:
        yield ServedProcess(process, log, wait_until(address, PATIENCE))
    finally:
        process.kill()
        process.wait()
