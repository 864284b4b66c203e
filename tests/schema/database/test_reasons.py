"""Reasons for which a database cannot be used: real refusals of both, in words with the fix."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from schema.database import DatabaseError, is_passing, open_engine, reachable, writing
from schema.database.reasons import DISK_FULL, NO_ANSWER, NO_CONNECTION, READ_ONLY, reason_of

ROLE = "limited"


@pytest.fixture
def limited(postgres_url: str) -> Iterator[str]:
    """The same database for a role that is no administrator's and may have one session."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {ROLE} LOGIN CONNECTION LIMIT 1")
        yield postgres_url.replace("//postgres@", f"//{ROLE}@")
        connection.execute(f"DROP ROLE {ROLE}")


def refusal(engine: Engine, statement: str) -> SQLAlchemyError:
    with pytest.raises(SQLAlchemyError) as refused, writing(engine) as connection:
        connection.execute(text(statement))
    return refused.value


def test_no_connection_is_left(limited: str, postgres_url: str) -> None:
    engine = open_engine(limited)
    with psycopg.connect(limited) as only, psycopg.connect(postgres_url) as admin:
        error = refusal(engine, "SELECT 1")
        assert (reason_of(error), is_passing(error)) == (NO_CONNECTION, True)
        with pytest.raises(DatabaseError, match="raise max_connections, or the CONNECTION LIMIT"):
            reachable(engine)
        # The server needs a moment after a session is closed; this waits for it.
        ended = "SELECT pg_terminate_backend(%s, 60000)"
        assert admin.execute(ended, [only.info.backend_pid]).fetchone() == (True,)
    reachable(engine)
    engine.dispose()


def test_a_session_that_is_read_only_is_given_up(postgres_url: str) -> None:
    """It would stay so for ever: the setting is one that a session takes when it begins."""
    engine = open_engine(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        name = other.info.dbname
        other.execute("CREATE TABLE written (number integer)")
        other.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        error = refusal(engine, "INSERT INTO written VALUES (1)")
        assert (reason_of(error), is_passing(error)) == (READ_ONLY, True)
        other.execute("SET default_transaction_read_only = off")
        other.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO written VALUES (1)"))
    engine.dispose()


def test_nobody_answers() -> None:
    engine = open_engine("postgresql://triage@127.0.0.1:1/triage")
    assert reason_of(refusal(engine, "SELECT 1")) == NO_ANSWER
    with pytest.raises(DatabaseError, match=f"cannot open the database postgresql.*: {NO_ANSWER}"):
        reachable(engine)


def test_a_full_sqlite(tmp_path: Path) -> None:
    """SQLite takes a limit of pages for a full disk."""
    engine = open_engine(f"sqlite:///{tmp_path / 'triage.db'}")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE written (words text)"))
        connection.execute(text("PRAGMA max_page_count = 3"))
        with pytest.raises(SQLAlchemyError) as refused:
            connection.execute(text("INSERT INTO written VALUES (zeroblob(100000))"))
    assert (reason_of(refused.value), is_passing(refused.value)) == (DISK_FULL, True)
    engine.dispose()


def test_a_sqlite_that_cannot_be_written_to(tmp_path: Path) -> None:
    file = tmp_path / "triage.db"
    sqlite3.connect(file).execute("CREATE TABLE written (words text)").connection.close()
    engine = open_engine(f"sqlite:///file:{file}?mode=ro&uri=true")
    error = refusal(engine, "INSERT INTO written VALUES ('x')")
    assert "give this user the right to write to it" in reason_of(error)
    assert is_passing(error)
    engine.dispose()
