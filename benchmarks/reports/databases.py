"""Databases to measure in: a file of SQLite, and a server of PostgreSQL of our own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import psutil
from sqlalchemy import Engine, text

from schema.database import open_engine, reading, writing
from tests.support.servers.postgres import create_database, postgres_server


def databases(stack: ExitStack, only: str | None) -> Iterator[str]:
    """URLs of empty databases, one of each kind.

    Args:
        stack: When it is closed, they are gone.
        only: `sqlite` or `postgresql`; None for both.
    """
    if only != "postgresql":
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield f"sqlite:///{folder / 'reports.db'}"
    if only != "sqlite":
        url = create_database(stack.enter_context(postgres_server()), "reports")
        engine = open_engine(url)
        with writing(engine) as connection:
            connection.execute(text("ALTER DATABASE reports SET work_mem = '64MB'"))
        engine.dispose()
        yield url


@cache
def server_of(engine: Engine) -> int | None:
    """The server's process; None where there is none."""
    if engine.dialect.name == "sqlite":
        return None
    with reading(engine) as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    return psutil.Process(backend).ppid()
