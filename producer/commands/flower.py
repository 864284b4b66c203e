"""`triage flower`: Flower's pages on the project's queues, to look at and not to touch."""

from __future__ import annotations

import os
import sys
from importlib import util
from typing import Annotated

import typer

from producer.errors import UsageError
from producer.nodes.embedded_redis import running
from producer.session import open_settings
from schema.settings import Settings

#: Tasks that Flower remembers: beyond it its memory would grow with the run.
MAX_TASKS = 10_000
#: Seconds after which a node that is gone leaves the list: every start makes a new name.
FORGET_NODES = 24 * 3600


def flower(
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="TRIAGE_FLOWER_PORT when not given; 0: any free one."),
    ] = None,
    address: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
) -> None:
    """Watch queues, workers and tasks in the browser. A login is required: TRIAGE_FLOWER_AUTH."""
    config = open_settings()
    if util.find_spec("flower") is None:
        raise UsageError("Flower is not installed: pip install '.[flower]' in the project's folder")
    environment = dict(os.environ)
    # In the environment, because every user of the machine can read a command line.
    environment["FLOWER_BASIC_AUTH"] = login(config)
    environment["TRIAGE_REDIS_URL"] = watched_redis(config)
    command = [
        *(sys.executable, "-m", "workers", "flower"),
        f"--port={config.flower_port if port is None else port}",
        f"--address={address}",
        f"--max-tasks={MAX_TASKS}",
        f"--purge-offline-workers={FORGET_NODES}",
        # Whoever has the login could otherwise send tasks and shut nodes down.
        "--read-only",
        # Else Flower runs the flowerconfig.py of the current folder, which can lift the login.
        f"--conf={os.devnull}",
    ]
    os.execve(command[0], command, environment)


def login(config: Settings) -> str:
    """The login in the form that Flower takes.

    Raises:
        UsageError: If there is none, or Flower would read another one into it.
    """
    auth = config.flower_auth.get_secret_value() if config.flower_auth else ""
    user, _, password = auth.partition(":")
    if not user or not password:
        raise UsageError("Flower needs a login: set TRIAGE_FLOWER_AUTH=user:password")
    # Flower takes what stands between commas for a login each, and compares ASCII only.
    if "," in auth or not auth.isascii():
        raise UsageError("TRIAGE_FLOWER_AUTH: use ASCII characters other than the comma")
    return auth


def watched_redis(config: Settings) -> str:
    """The URL of the Redis that is set, or of the embedded one that runs.

    Raises:
        UsageError: If there is neither.
    """
    if config.redis_url is not None:
        return config.redis_url.get_secret_value()
    found = running(config.home)
    if found is None:
        raise UsageError(
            "there is no Redis to watch: set TRIAGE_REDIS_URL, or start `triage worker` first"
        )
    return found.url
