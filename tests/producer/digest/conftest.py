"""Digests of a shop of which it is known what changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from producer.digest.digest import Digest, read_digest
from producer.digest.request import DigestRequest
from producer.digest.since import read_days
from schema.database import open_engine, reading
from schema.questions import Scope
from tests.support.shop import NOW, make_shop

Made = Callable[..., Digest]


@pytest.fixture(scope="session")
def shop_engine(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("digest") / "shop.db"
    shutil.copy2(migrated_sqlite, path)
    engine = open_engine(f"sqlite:///{path}")
    make_shop(engine)
    yield engine
    engine.dispose()


def digest_of(engine: Engine, since: str = "7d", until: str | None = "2026-07-19") -> Digest:
    """The digest of some days."""
    with reading(engine) as connection:
        return read_digest(DigestRequest(connection, Scope(read_days(since, until, NOW)), NOW))


@pytest.fixture
def made(shop_engine: Engine) -> Made:
    return lambda *words: digest_of(shop_engine, *words)
