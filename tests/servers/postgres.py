"""A real PostgreSQL server in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import util
from pathlib import Path

import psycopg

#: Whose privileges the server takes when tests run as root, which PostgreSQL refuses.
UNPRIVILEGED = "nobody"


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`: of the PATH, else the one that pgserver carries."""
    if path := shutil.which("postgres"):
        folder = Path(path).resolve().parent
        if (folder / "initdb").exists():
            return folder
    spec = util.find_spec("pgserver")
    assert spec and spec.origin, "tests need PostgreSQL: install it, or pip install pgserver"
    return Path(spec.origin).parent / "pginstall" / "bin"


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a server; yields its URL without a database name."""
    root = os.geteuid() == 0
    user = UNPRIVILEGED if root else pwd.getpwuid(os.geteuid()).pw_name
    with tempfile.TemporaryDirectory(prefix="triage-postgres-") as folder:
        os.chmod(folder, 0o755)
        binaries = find_binaries()
        if root and "pginstall" in binaries.parts:
            # The virtual environment may lie where the unprivileged user cannot look.
            shutil.copytree(binaries.parent, Path(folder) / "pginstall", symlinks=True)
            binaries = Path(folder) / "pginstall" / "bin"
        data = Path(folder) / "data"
        data.mkdir(mode=0o700)
        if root:
            shutil.chown(data, user)
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
            + ["--no-locale", "--no-sync"],
            check=True,
            user=user if root else None,
            cwd="/",
            stdout=subprocess.DEVNULL,
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", data]
            + ["-c", "fsync=off", "-c", "max_connections=100"],
            user=user if root else None,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            _wait_until_ready(server)
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=30)


def _wait_until_ready(server: subprocess.Popen[str]) -> None:
    assert server.stderr
    said = []
    for line in server.stderr:
        said.append(line)
        if "ready to accept connections" in line:
            return
    raise RuntimeError("PostgreSQL did not start:\n" + "".join(said))


def create_database(server: str, name: str) -> str:
    """Create an empty database; returns its URL."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


def drop_database(server: str, name: str) -> None:
    """Drop a database, connections or not."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
