"""A real worker node for tests, with its log to wait on."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from producer.nodes.lifetime import end
from producer.nodes.node_command import node_command, node_environment
from schema.settings import read_settings
from tests.support.waiting import wait_until

#: Loading torch and models takes long on a busy machine.
PATIENCE = 300.0
LOADED = re.compile(
    r"models loaded: (?P<analyses>[\w,]+); child (?P<child>\d+), pid (?P<pid>\d+), "
    r"device (?P<device>\S+), CUDA_VISIBLE_DEVICES=(?P<visible>\S*), "
    r"(?P<threads>\d+) threads"
)


class RunningNode:
    """A node's process and what it has logged."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    def text(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def loads(self) -> list[dict[str, str]]:
        """Every time that a child has loaded its models."""
        return [found.groupdict() for found in LOADED.finditer(self.text())]

    def wait_for_loads(self, count: int) -> list[dict[str, str]]:
        wait_until(lambda: len(self.loads()) >= count or self.process.poll() is not None, PATIENCE)
        assert self.process.poll() is None, self.text()
        return self.loads()

    def wait_for_text(self, text: str) -> None:
        wait_until(lambda: text in self.text(), PATIENCE)

    def libraries(self) -> set[str]:
        """Files that the node's parent process has mapped, shared libraries among them."""
        return {Path(entry.path).name for entry in psutil.Process(self.process.pid).memory_maps()}


@contextmanager
def running_node(
    folder: Path,
    analyses: Sequence[str],
    device: str = "cpu",
    concurrency: int = 1,
    name: str = "test",
    fallback: bool = False,
    app: str = "workers",
    loglevel: str = "INFO",
) -> Iterator[RunningNode]:
    """Start a node on the servers that TRIAGE_* names now; it has ended when the block is left.

    With `fallback` it computes on the CPU if its pinned device is not there. `app` is the Celery
    application.
    """
    config = read_settings()
    assert config.redis_url
    path = folder / f"{name}.log"
    environment = node_environment(config, device, config.redis_url.get_secret_value())
    environment["TRIAGE_THREADS"] = "1"
    if fallback:
        environment["TRIAGE_DEVICE"] = "auto"
    command = node_command(name, analyses, concurrency)
    if app != "workers":
        command = [sys.executable, "-m", "celery", "-A", app, *command[3:]]
    environment["TRIAGE_LOG_LEVEL"] = loglevel
    with path.open("wb") as log:
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield RunningNode(process, path)
        finally:
            end(process, PATIENCE)
