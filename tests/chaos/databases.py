"""The databases of a stage: PostgreSQL, to be stopped and started, and SQLite, to be locked."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import psycopg

from producer.nodes.lifetime import dying_with_us
from tests.chaos.port import free_port
from tests.support.servers.postgres import create_database, make_cluster
from tests.support.waiting import wait_until

PATIENCE = 60.0


class Database(Protocol):
    """Where the ledger is."""

    kind: str
    url: str

    def stop(self) -> None:
        """End it for good."""


class Postgres:
    """A server in a folder, with an empty database.

    Args:
        folder: Its own; other users must be able to reach it.
        address: Where it listens; all of its network may connect.
    """

    kind = "postgresql"

    def __init__(self, folder: Path, address: str = "127.0.0.1") -> None:
        self._cluster = make_cluster(folder)
        with (self._cluster.data / "pg_hba.conf").open("a") as allowed:
            allowed.write(f"host all all {address}/24 trust\n")
        self._log = folder / "postgres.log"
        self._log.touch(mode=0o666)
        self._address = address
        self._port = free_port()
        self._server_url = f"postgresql://postgres@{address}:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        self.url = create_database(self._server_url, "triage")

    def start(self) -> None:
        """Start it, again if need be: those it left behind hold its memory for a moment."""
        wait_until(self._runs, PATIENCE, "PostgreSQL is up")

    def _runs(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    self._cluster.command(self._port, self._address),
                    user=self._cluster.user,
                    cwd="/",
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=dying_with_us(),
                )
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(f"{self._server_url}/postgres", autocommit=True, connect_timeout=5)

    def halt(self, how: signal.Signals) -> None:
        """Stop it: SIGINT ends sessions and writes all out, SIGQUIT and SIGKILL do not."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(PATIENCE)

    def execute(self, statement: str) -> None:
        """Run a statement as the administrator, outside of a transaction."""
        with self._connect() as connection:
            connection.execute(statement)

    def cut_connections(self) -> int:
        """End the sessions of everybody; how many there were."""
        with self._connect() as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = 'triage'"
            )
            return len(ended.fetchall())

    def stop(self) -> None:
        """End it for good."""
        if self._process is not None and self._process.poll() is None:
            self.halt(signal.SIGINT)


class Sqlite:
    """A file.

    Args:
        folder: Its own.
    """

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "triage.db"
        self.url = f"sqlite:///{self.path}"

    def lock(self) -> subprocess.Popen[bytes]:
        """A process that has taken the lock for writing, and written; to be ended by the caller."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.lock_holder", str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=dying_with_us(),
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        return process

    def stop(self) -> None:
        """There is nothing to end."""
