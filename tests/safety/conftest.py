"""Fixtures of several tests of safety."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from psycopg import sql

from tests.safety.doors import PASSWORD, USER, Doors, open_doors
from tests.support.console import Triage
from tests.support.servers.postgres import create_database, drop_database


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a folder")


@pytest.fixture(scope="module")
def redis_doors(folder: Path, redis_server: str) -> Iterator[Doors]:
    with redis.Redis.from_url(redis_server) as client, ExitStack() as stack:
        everything = {"enabled": True, "keys": ["*"], "channels": ["*"], "categories": ["+@all"]}
        client.acl_setuser(USER, passwords=f"+{PASSWORD}", **everything)
        yield open_doors(folder, urlsplit(redis_server).port or 0, stack)


@pytest.fixture(scope="module")
def postgres_doors(folder: Path, postgres: str) -> Iterator[tuple[Doors, str]]:
    """Doors of the server, and a database on it; our user has to give the password."""
    name = "behind_tls"
    create_database(postgres, name)
    with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection, ExitStack() as s:
        role = sql.SQL("CREATE ROLE {} LOGIN SUPERUSER PASSWORD {}")
        connection.execute(role.format(sql.Identifier(USER), sql.Literal(PASSWORD)))
        (file,) = connection.execute("SHOW hba_file").fetchone() or ("",)
        rules = Path(file).read_text()
        Path(file).write_text(f'host all "{USER}" 127.0.0.1/32 scram-sha-256\n{rules}')
        connection.execute("SELECT pg_reload_conf()")
        yield open_doors(folder, urlsplit(postgres).port or 0, s, postgres=True), name
        drop_database(postgres, name)
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(USER)))
        Path(file).write_text(rules)


@pytest.fixture
def triage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Triage:
    return Triage(monkeypatch, capsys)
