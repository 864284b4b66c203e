"""A running Flower for tests, and a browser that keeps what it was shown."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from producer.nodes.lifetime import end
from tests.end_to_end.node import PATIENCE
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
VISITED = re.compile(r"Visit me at (http://127\.0\.0\.1:\d+)")


class Browser:
    """Speaks HTTP with Flower, with or without a login, and keeps what it was shown."""

    def __init__(self, home: str, login: str | None = None) -> None:
        self.home = home
        self.login = login
        self.seen: list[str] = []

    def ask(self, path: str, data: bytes | None = None) -> tuple[int, str]:
        """The status and the body of an answer."""
        request = Request(self.home + path, data)
        if self.login is not None:
            token = base64.b64encode(self.login.encode()).decode()
            request.add_header("Authorization", f"Basic {token}")
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                status, body = answer.status, answer.read().decode()
        except HTTPError as error:
            status, body = error.code, error.read().decode()
        self.seen.append(body)
        return status, body

    def read(self, path: str) -> str:
        status, body = self.ask(path)
        assert status == 200, (path, status, body)
        return body

    def json(self, path: str) -> Any:
        return json.loads(self.read(path))


class Flower:
    """A running Flower."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log
        self.home = wait_until(self._address, PATIENCE, "Flower listens") or ""

    def _address(self) -> str | None:
        said = self.log.read_text("utf-8", errors="replace")
        assert self.process.poll() is None, said
        found = VISITED.search(said)
        return found[1] if found else None


@contextmanager
def running_flower(folder: Path, login: str) -> Iterator[Flower]:
    """Start `triage flower` on the servers that TRIAGE_* names now, in that folder."""
    path = folder / "flower.log"
    with path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "producer", "flower", "--port", "0"],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT), "TRIAGE_FLOWER_AUTH": login},
        )
        try:
            yield Flower(process, path)
        finally:
            end(process, PATIENCE)
