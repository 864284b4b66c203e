"""A shop that is served: one that no test changes, on each kind of database, and fresh ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from producer.serve.access import passwords
from schema.database import open_engine
from tests.producer.page.conftest import shop_file
from tests.support.hostile import make_hostile
from tests.support.served import Served
from tests.support.served import served as serving
from tests.support.servers.postgres import create_database, drop_database
from tests.support.shop import Shop, make_shop

__all__ = ["shop_file"]

_NAME = "triage_served"


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """To hash one takes some milliseconds in place of a tenth of a second: tests log in often."""
    cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: cheap)
        yield


@pytest.fixture(scope="session")
def shop_on_sqlite(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The shop in SQLite, with customers who mean harm."""
    path = tmp_path_factory.mktemp("served") / "triage.db"
    shutil.copy2(migrated_sqlite, path)
    engine = open_engine(f"sqlite:///{path}")
    make_hostile(engine, make_shop(engine))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def shop_on_postgresql(postgres: str, migrated_postgres: str) -> Iterator[Engine]:
    """The same in PostgreSQL."""
    engine = open_engine(create_database(postgres, _NAME, migrated_postgres))
    make_hostile(engine, make_shop(engine))
    yield engine
    engine.dispose()
    drop_database(postgres, _NAME)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shop_engine(request: pytest.FixtureRequest) -> Engine:
    """The shop's database of each kind in turn: files of tests go from one to the other and back,
    and neither is made anew for that.
    """
    engine: Engine = request.getfixturevalue(f"shop_on_{request.param}")
    return engine


@pytest.fixture(scope="session")
def shown_on_sqlite(
    shop_on_sqlite: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    yield from serving(shop_on_sqlite, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def shown_on_postgresql(
    shop_on_postgresql: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    yield from serving(shop_on_postgresql, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def shown(shop_engine: Engine, request: pytest.FixtureRequest) -> Served:
    """The shop as it is served; no test changes it."""
    served: Served = request.getfixturevalue(f"shown_on_{shop_engine.dialect.name}")
    return served


@pytest.fixture
def changed(
    shop_file: tuple[Path, Shop], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Served]:
    """A shop of a test's own, on SQLite."""
    path = tmp_path / "changed.db"
    shutil.copy2(shop_file[0], path)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{path}")
    engine = open_engine(f"sqlite:///{path}")
    yield from serving(engine, tmp_path / "home")
    engine.dispose()
