"""A real PostgreSQL server in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import util
from pathlib import Path

import psycopg

#: Whose privileges the server takes when tests run as root, which PostgreSQL refuses.
UNPRIVILEGED = "nobody"
#: Where Debian's packages `postgresql-15` and the like have their programs.
DEBIAN = Path("/usr/lib/postgresql")


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`: on the PATH, of Debian's packages, or pgserver's."""
    if path := shutil.which("postgres"):
        folder = Path(path).resolve().parent
        if (folder / "initdb").exists():
            return folder
    # Debian puts no server on the PATH, and has a folder for each version.
    if debian := max(DEBIAN.glob("*/bin/initdb"), key=_version, default=None):
        return debian.parent
    spec = util.find_spec("pgserver")
    assert spec and spec.origin, "tests need PostgreSQL: install it, or pip install pgserver"
    return Path(spec.origin).parent / "pginstall" / "bin"


def _version(program: Path) -> int:
    return int(program.parents[1].name)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data folder, and what serves it.

    Attributes:
        user: Whose privileges the server takes; None for our own.
    """

    binaries: Path
    data: Path
    user: str | None

    def command(self, port: int, address: str = "127.0.0.1") -> list[str]:
        """The command that serves it. Nothing syncs to the disk: the machine stays up."""
        return [
            *(str(self.binaries / "postgres"), "-D", str(self.data), "-k", str(self.data)),
            *("-h", address, "-p", str(port)),
            *("-c", "fsync=off", "-c", "max_connections=100"),
        ]


def make_cluster(folder: Path) -> Cluster:
    """An empty cluster in a folder that other users can reach."""
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    binaries = find_binaries()
    if user and "pginstall" in binaries.parts:
        # The virtual environment may lie where the unprivileged user cannot look.
        libraries = binaries.parents[1].with_name("pgserver.libs")
        (folder / "pgserver").mkdir()
        (folder / "pgserver").chmod(0o755)
        shutil.copytree(binaries.parent, folder / "pgserver" / "pginstall", symlinks=True)
        if libraries.is_dir():
            # Where the binaries look for them, seen from where they lie.
            shutil.copytree(libraries, folder / "pgserver.libs")
        binaries = folder / "pgserver" / "pginstall" / "bin"
    data = folder / "data"
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)
    subprocess.run(
        [
            *(binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust"),
            *("-E", "UTF8", "--no-locale", "--no-sync"),
        ],
        check=True,
        user=user,
        cwd="/",
        stdout=subprocess.DEVNULL,
    )
    return Cluster(binaries, data, user)


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a server; yields its URL without a database name."""
    with tempfile.TemporaryDirectory(prefix="triage-postgres-") as folder:
        os.chmod(folder, 0o755)
        cluster = make_cluster(Path(folder))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = subprocess.Popen(
            cluster.command(port),
            user=cluster.user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            _wait_until_ready(server)
            # Its log has two lines for each database; once a pipe is full it would stand still.
            threading.Thread(target=server.communicate, daemon=True).start()
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


def _wait_until_ready(server: subprocess.Popen[str]) -> None:
    assert server.stderr
    said = []
    for line in server.stderr:
        said.append(line)
        if "ready to accept connections" in line:
            return
    raise RuntimeError("PostgreSQL did not start:\n" + "".join(said))


def create_database(server: str, name: str, template: str = "template1") -> str:
    """Create a database; returns its URL.

    Args:
        server: URL without a database name.
        name: Of the new database.
        template: The database of this server that it is a copy of, to which nobody is connected;
            PostgreSQL's own is empty.
    """
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{server}/{name}"


def drop_database(server: str, name: str) -> None:
    """Drop a database, connections or not."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
