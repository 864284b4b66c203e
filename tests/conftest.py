"""Fixtures that every test may use: real servers, and an empty database on each kind."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import Engine

from producer.nodes import embedded_redis
from schema import settings as settings_module
from schema.analyses import ANALYSES
from schema.database import open_engine
from schema.migrations.revision import upgrade
from tests.support.chromium import running_chromium
from tests.support.servers.postgres import create_database, drop_database, postgres_server

_numbers = itertools.count()

# What is imported and collected stays to the end: to search it for garbage again and again would
# take as long as to collect.
gc.disable()

#: Fixtures that stand on a real server.
SERVERS = {"postgres", "redis_server"}
#: Folders whose tests start servers or nodes themselves, in all that they do.
SERVER_FOLDERS = {"chaos", "end_to_end", "hosts", "safety"}
#: Folders that generate what they do, and take the longer the more they generate.
LONG_FOLDERS = {"bad_input", "chaos", "hosts"}


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, object, object]:
    """Mark tests by what they use and where they lie; see docs/testing.md. Of several processes of
    tests, which share files, each has the same order: what takes long comes first, so that none is
    left alone with it at the end.
    """
    mark(items)
    done = yield  # `-m` chooses by these marks
    if hasattr(config, "workerinput"):
        items[:] = longest_first(items)
    return done


def pytest_collection_finish() -> None:
    """From now on search for garbage, but not among what has been collected."""
    gc.freeze()
    gc.enable()


def mark(items: Sequence[pytest.Item]) -> None:
    """Give tests their markers, but those that their files name."""
    for item in items:
        folders = set(item.path.relative_to(Path(__file__).parent).parts[:-1])
        if needs_server(item) or folders & SERVER_FOLDERS:
            item.add_marker(pytest.mark.server)
        if folders & LONG_FOLDERS:
            item.add_marker(pytest.mark.long)
            item.add_marker(pytest.mark.timeout(0))


def longest_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Tests file by file; of the files first chaos, which mostly waits, so that others use the
    processor meanwhile; then what is long and starts no nodes, which would get in its way; then
    what starts nodes or is slow, and what has many tests.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)

    def rank(path: Path) -> tuple[bool, bool, bool, bool, int]:
        own, names = files[path], {one.name for one in files[path][0].iter_markers()}
        long, nodes = "long" in names, not SERVER_FOLDERS.isdisjoint(path.parts)
        heavy = "slow" in names or nodes
        return "chaos" in path.parts, long and not nodes, long, heavy, len(own)

    return [item for path in sorted(files, key=rank, reverse=True) for item in files[path]]


def needs_server(item: pytest.Item) -> bool:
    """Whether a fixture of a test, of its own or of another fixture, stands on a real server."""
    # What is of each kind of database asks for its server only when it runs: in half of its tests
    # there is none.
    callspec = getattr(item, "callspec", None)
    kinds = ("database_url", "shop_engine")
    on_postgres = callspec is not None and "postgresql" in map(callspec.params.get, kinds)
    return on_postgres or not SERVERS.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True, scope="module")
def own_analyses() -> Iterator[None]:
    """Analyses that a catalog of some test named are unknown to the tests of other files."""
    before = ANALYSES.own
    yield
    ANALYSES._own = before


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests reaches them, and what they write goes to `tmp_path`."""
    for name in list(os.environ):
        if name.startswith("TRIAGE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRIAGE_REJECTS", str(tmp_path))
    settings_module.settings.cache_clear()


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """The umask of most machines, whatever a command has made of it before in this process."""
    os.umask(0o022)
    yield
    os.umask(0o022)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests of pages in a process."""
    with running_chromium() as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a PostgreSQL server, without a database name."""
    with postgres_server() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database, not yet created."""
    return f"sqlite:///{tmp_path / 'triage.db'}"


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> str:
    """The name of a migrated, empty PostgreSQL database to be copied, as `migrated_sqlite` is."""
    name = "triage_migrated"
    engine = open_engine(create_database(postgres, name))
    upgrade(engine)
    # PostgreSQL copies none that somebody is connected to.
    engine.dispose()
    return name


@pytest.fixture
def postgres_url(postgres: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty PostgreSQL database, or a migrated one if the test has an `engine` on it."""
    if "engine" in request.fixturenames:
        yield from _database(postgres, request.getfixturevalue("migrated_postgres"))
    else:
        yield from _database(postgres)


@pytest.fixture
def migrated_postgres_url(postgres: str, migrated_postgres: str) -> Iterator[str]:
    """A migrated, empty PostgreSQL database, where a test opens it itself."""
    yield from _database(postgres, migrated_postgres)


def _database(server: str, *template: str) -> Iterator[str]:
    name = f"triage_{next(_numbers)}"
    yield create_database(server, name, *template)
    drop_database(server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind in turn."""
    kind = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(kind))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to be copied: migrating takes thirty times as long."""
    path = tmp_path_factory.mktemp("migrated") / "triage.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def engine(
    database_url: str, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """A migrated, empty database of each kind in turn, which TRIAGE_DATABASE_URL names too."""
    yield from _migrated(database_url, migrated_sqlite, monkeypatch)


@pytest.fixture
def sqlite_engine(
    sqlite_url: str, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """The same on SQLite alone, where the kind of database does not matter."""
    yield from _migrated(sqlite_url, migrated_sqlite, monkeypatch)


def _migrated(url: str, sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", url)
    settings_module.settings.cache_clear()
    if url.startswith("sqlite"):
        shutil.copy2(sqlite, url.removeprefix("sqlite:///"))
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real Redis."""
    server = embedded_redis.start(tmp_path_factory.mktemp("redis"))
    yield server.url
    server.stop()


@pytest.fixture
def redis_url(redis_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty Redis, which TRIAGE_REDIS_URL names too."""
    client = redis.Redis.from_url(redis_server)
    client.flushall()
    client.close()
    monkeypatch.setenv("TRIAGE_REDIS_URL", redis_server)
    settings_module.settings.cache_clear()
    return redis_server
