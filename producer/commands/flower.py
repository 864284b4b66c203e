"""`triage flower`: Flower's pages on the project's queues."""

from __future__ import annotations

import os
import sys
from importlib import util
from typing import Annotated

import typer

from producer.embedded_redis import running
from producer.errors import UsageError
from producer.session import open_settings

#: Tasks that Flower remembers: beyond it its memory would grow with the run.
MAX_TASKS = 10_000


def flower(
    port: Annotated[int | None, typer.Option(help="TRIAGE_FLOWER_PORT when not given.")] = None,
    address: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
) -> None:
    """Watch queues, workers and tasks in the browser. A login is required: TRIAGE_FLOWER_AUTH."""
    config = open_settings()
    if util.find_spec("flower") is None:
        raise UsageError("Flower is not installed: pip install 'feedback-triage[flower]'")
    if config.flower_auth is None or ":" not in config.flower_auth.get_secret_value():
        raise UsageError("Flower needs a login: set TRIAGE_FLOWER_AUTH=user:password")
    environment = dict(os.environ)
    if config.redis_url is None:
        found = running(config.home)
        if found is None:
            raise UsageError(
                "there is no Redis to watch: set TRIAGE_REDIS_URL, or start `triage worker` first"
            )
        environment["TRIAGE_REDIS_URL"] = found.url
    # In the environment, because every user of the machine can read a command line.
    environment["FLOWER_BASIC_AUTH"] = config.flower_auth.get_secret_value()
    command = [
        *(sys.executable, "-m", "celery", "-A", "workers", "flower"),
        f"--port={port or config.flower_port}",
        f"--address={address}",
        f"--max-tasks={MAX_TASKS}",
    ]
    os.execve(command[0], command, environment)
