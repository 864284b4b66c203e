"""The shop, in a database of each kind, which no test changes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from schema.database import open_engine, reading
from tests.support.servers.postgres import create_database, drop_database
from tests.support.shop import Shop, make_shop

_NAME = "triage_questions"


@pytest.fixture(scope="session")
def shop_on_sqlite(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Shop]]:
    """The shop's database in SQLite, and what was written into it."""
    path = tmp_path_factory.mktemp("shop") / "triage.db"
    shutil.copy2(migrated_sqlite, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine, make_shop(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def shop_on_postgresql(postgres: str, migrated_postgres: str) -> Iterator[tuple[Engine, Shop]]:
    """The same in PostgreSQL."""
    engine = open_engine(create_database(postgres, _NAME, migrated_postgres))
    yield engine, make_shop(engine)
    engine.dispose()
    drop_database(postgres, _NAME)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def shop_engine(request: pytest.FixtureRequest) -> tuple[Engine, Shop]:
    """The shop's database of each kind in turn: files of tests go from one to the other and back,
    and neither is made anew for that.
    """
    made: tuple[Engine, Shop] = request.getfixturevalue(f"shop_on_{request.param}")
    return made


@pytest.fixture
def shop(shop_engine: tuple[Engine, Shop]) -> Shop:
    """What was written."""
    return shop_engine[1]


@pytest.fixture
def connection(shop_engine: tuple[Engine, Shop]) -> Iterator[Connection]:
    """A connection to the shop's database, to read with."""
    with reading(shop_engine[0]) as connection:
        yield connection
