"""`triage init --reader`: a role that only reads, made along with the database."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine

from schema.database import writing
from tests.support.console import Triage

PASSWORD = "only-for-reading"


@pytest.fixture
def reader(engine: Engine) -> Iterator[str]:
    """A name of a role, which is gone afterwards."""
    yield "init_reader"
    with writing(engine) as connection:
        connection.exec_driver_sql("DROP OWNED BY init_reader; DROP ROLE init_reader")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_it_makes_the_role_and_shows_no_password(
    triage: Triage, engine: Engine, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "set TRIAGE_READER_PASSWORD" in triage("init", "--reader", reader).out
    monkeypatch.setenv("TRIAGE_READER_PASSWORD", PASSWORD)
    said = triage("init", "--reader", reader).out
    assert f"{reader} may read tables and views" in said and PASSWORD not in said
    url = engine.url.set(drivername="postgresql", username=reader, password=PASSWORD)
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        assert connection.execute("SELECT count(*) FROM v_documents").fetchone() == (0,)


def test_sqlite_has_no_roles(triage: Triage, sqlite_engine: Engine) -> None:
    ended = triage("init", "--reader", "bi")
    assert ended.code == 2 and "SQLite has no roles" in ended.err
