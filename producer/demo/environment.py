"""The demo: a whole system in one folder, from nothing to a report, and nothing left running."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import producer
from producer.errors import UsageError
from producer.nodes import embedded_redis
from producer.nodes.lifetime import dying_with_us, end
from producer.nodes.node_command import node_command, node_environment
from schema.catalog import load_catalog
from schema.private_files import make_private_folder
from schema.settings import Settings

#: With models as small as these, two children of one thread do more than one child of two.
CHILDREN = min(2, os.cpu_count() or 1)
#: Seconds that the demo's worker gets to end by itself.
PATIENCE = 15.0


@contextmanager
def fresh_home(home: Path) -> Iterator[Path]:
    """An empty folder for the demo inside `home`, absolute, and nobody else's until the block is
    left; what an earlier demo left there is gone.

    Raises:
        UsageError: If another demo is at work there.
    """
    folder = home.absolute() / "demo"
    make_private_folder(folder.parent)
    # Beside the folder, which is deleted; freed by the system however this process ends.
    with (folder.parent / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"another demo is at work in {folder}: wait for its end, or set TRIAGE_HOME to "
                "another folder"
            ) from None
        if running := embedded_redis.running(folder):
            running.stop()
        shutil.rmtree(folder, ignore_errors=True)
        make_private_folder(folder)
        yield folder


def demo_settings(folder: Path) -> Settings:
    """Settings for a demo in `folder`, whatever the user has set for real use."""
    overrides = {
        "TRIAGE_HOME": str(folder),
        "TRIAGE_REJECTS": str(folder),
        "TRIAGE_MODELS": "pocket",
        "TRIAGE_DATABASE_URL": f"sqlite:///{folder / 'triage.db'}",
    }
    for name in list(os.environ):
        if name.startswith("TRIAGE_"):
            del os.environ[name]
    os.environ.update(overrides)
    return Settings(_env_file=None)  # type: ignore[call-arg]


@contextmanager
def worker_node(config: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """An embedded Redis and one worker node on it; both have ended when the block is left.

    The node's log is `worker.log` in the home folder.
    """
    server = embedded_redis.start(config.home)
    os.environ["TRIAGE_REDIS_URL"] = server.url
    try:
        with (config.home / "worker.log").open("wb") as log:
            node = subprocess.Popen(
                node_command("demo", load_catalog(config.models).served, concurrency=CHILDREN),
                # Away from the .env of the current folder, which is for real use.
                cwd=config.home,
                env=importable(node_environment(config, config.device, server.url)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dying_with_us(),
            )
            try:
                yield node
            finally:
                end(node, PATIENCE)
    finally:
        server.stop()


def importable(environment: dict[str, str]) -> dict[str, str]:
    """The environment in which Python finds a clone that is not installed from any folder."""
    root = Path(producer.__file__).resolve().parents[1]
    if not (root / "pyproject.toml").is_file():
        return environment
    known = environment.get("PYTHONPATH")
    return environment | {"PYTHONPATH": f"{root}{os.pathsep}{known}" if known else str(root)}
