"""Databases to load into: fresh and migrated each time, with the tool that loads them in bulk."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import psutil
from sqlalchemy import Engine

from schema.database import open_engine, reading
from schema.migrations.revision import upgrade
from tests.support.servers.postgres import create_database, drop_database, find_binaries

#: What an ingest writes, in an order in which each may refer to those before it.
TABLES = ("runs", "run_inputs", "document_versions", "run_documents", "jobs")


class Database(Protocol):
    """A kind of database."""

    name: str
    tool: str

    def fresh(self) -> Engine:
        """An empty, migrated database; the one before is dropped."""
        ...

    def export(self, engine: Engine, folder: Path) -> None:
        """Write each table to a CSV file, as the tool reads it."""
        ...

    def load(self, engine: Engine, folder: Path) -> None:
        """Load these files with the tool."""
        ...

    def process(self, engine: Engine) -> int | None:
        """The server's process; None where there is no server."""
        ...


@dataclass
class Sqlite:
    """SQLite, and `.import` of its shell.

    Attributes:
        folder: Where databases lie.
    """

    folder: Path
    name: str = "sqlite"
    tool: str = "sqlite3 .import"
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def fresh(self) -> Engine:
        """An empty, migrated database."""
        for old in self.folder.glob("bench-*.db*"):
            old.unlink()
        engine = open_engine(f"sqlite:///{self.folder / f'bench-{next(self._numbers)}.db'}")
        upgrade(engine)
        return engine

    def export(self, engine: Engine, folder: Path) -> None:
        """Write each table to a CSV file."""
        for table in TABLES:
            with (folder / f"{table}.csv").open("wb") as file:
                command = [_shell("sqlite3"), "-csv", str(engine.url.database)]
                subprocess.run([*command, f"SELECT * FROM {table}"], stdout=file, check=True)

    def load(self, engine: Engine, folder: Path) -> None:
        """Load these files, all in one transaction, with the settings that an ingest has."""
        settings = ["PRAGMA synchronous = NORMAL;", "PRAGMA foreign_keys = ON;"]
        lines = [*settings, "BEGIN;", ".mode csv"]
        lines += [f".import '{folder / table}.csv' {table}" for table in TABLES]
        script = "\n".join([*lines, "COMMIT;"])
        command = [_shell("sqlite3"), "-bail", str(engine.url.database)]
        subprocess.run(command, input=script, text=True, check=True, capture_output=True)

    def process(self, _engine: Engine) -> None:
        """There is no server."""


@dataclass
class Postgres:
    """PostgreSQL, and `\\copy` of its shell.

    Attributes:
        server: URL of a server, without a database.
    """

    server: str
    name: str = "postgresql"
    tool: str = "psql \\copy"
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _last: Engine | None = None
    _process: int | None = None

    def fresh(self) -> Engine:
        """An empty, migrated database."""
        if self._last is not None:
            self._last.dispose()
            drop_database(self.server, str(self._last.url.database))
        engine = open_engine(create_database(self.server, f"bench_{next(self._numbers)}"))
        upgrade(engine)
        self._last = engine
        return engine

    def export(self, engine: Engine, folder: Path) -> None:
        """Write each table to a CSV file."""
        self._psql(engine, [f"\\copy {table} TO '{folder / table}.csv' CSV" for table in TABLES])

    def load(self, engine: Engine, folder: Path) -> None:
        """Load these files, all in one transaction."""
        self._psql(engine, [f"\\copy {table} FROM '{folder / table}.csv' CSV" for table in TABLES])

    def process(self, engine: Engine) -> int:
        """The server's process."""
        if self._process is None:
            with reading(engine) as connection:
                backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            self._process = psutil.Process(backend).ppid()
        return self._process

    def _psql(self, engine: Engine, lines: Sequence[str]) -> None:
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        command = [_shell("psql"), "-q", "-1", "-v", "ON_ERROR_STOP=1", url]
        script = "\n".join(lines)
        subprocess.run(command, input=script, text=True, check=True, capture_output=True)


def _shell(name: str) -> str:
    """The path of a database's shell."""
    found = shutil.which(name) or str(find_binaries() / name)
    if not Path(found).exists():
        raise SystemExit(f"{name} is not on the PATH; install it")
    return found
