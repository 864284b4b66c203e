"""The role that only reads: it reads every view, writes nothing, and sees no login."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from sqlalchemy import Engine, text

from schema.access.reader_role import HIDDEN, OPTIONS, ReaderRoleError, grant_reading
from schema.database import open_engine, reading, writing
from schema.migrations.revision import alembic_config, upgrade
from schema.tables import Base
from schema.views import VIEWS
from tests.support.two_runs import add_draft, add_intents, seed

PASSWORD = "only-for-reading"
on_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def reader(engine: Engine) -> Iterator[str]:
    """A name of a role, which is gone afterwards."""
    yield "bi_reader"
    if engine.dialect.name == "postgresql":
        with writing(engine) as connection:
            if connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = 'bi_reader'")).all():
                connection.exec_driver_sql("DROP OWNED BY bi_reader; DROP ROLE bi_reader")


def as_reader(engine: Engine, name: str) -> psycopg.Connection:
    url = engine.url.set(drivername="postgresql", username=name, password=PASSWORD)
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


@on_postgres
def test_it_reads_all_views_also_when_they_are_made_anew(engine: Engine, reader: str) -> None:
    autumn, _ = seed(engine)
    assert grant_reading(engine, reader, PASSWORD)
    with writing(engine) as connection:
        command.downgrade(alembic_config(connection), "0018")
    upgrade(engine)
    add_intents(engine, autumn, 1, ["complaint"])
    add_draft(engine, autumn, 1)
    with as_reader(engine, reader) as connection:
        for view in VIEWS:
            found = connection.execute(f"SELECT count(*) FROM {view.name}").fetchone()
            assert found is not None and found[0] > 0, view.name


@on_postgres
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sentiments",
        "UPDATE runs SET preferred_at = now()",
        "UPDATE documents SET text = ''",
        "CREATE TABLE mine (id int)",
        "CREATE ROLE another",
        *(f"SELECT * FROM {table}" for table in HIDDEN),
    ],
)
def test_it_may_neither_write_nor_see_logins(engine: Engine, reader: str, statement: str) -> None:
    """Also where its sessions are told to write, which only a default keeps them from."""
    grant_reading(engine, reader, PASSWORD)
    with as_reader(engine, reader) as connection:
        connection.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_every_table_with_a_hash_of_a_password_or_a_login_is_hidden() -> None:
    secret = re.compile("password|token_hash|address|name_hash")
    tables = Base.metadata.tables.values()
    assert {one.name for one in tables if any(secret.search(c.name) for c in one.columns)} == set(
        HIDDEN
    )


@on_postgres
def test_the_same_again_gives_another_password_and_takes_what_is_too_much(
    engine: Engine, reader: str
) -> None:
    assert grant_reading(engine, reader, "another")
    with writing(engine) as connection:
        connection.exec_driver_sql(f"GRANT DELETE ON runs TO {reader}")
    assert not grant_reading(engine, reader, PASSWORD)
    with as_reader(engine, reader) as connection:
        for option, value in OPTIONS.items():
            shown = connection.execute(
                "SELECT setting FROM pg_settings WHERE name = %s", [option]
            ).fetchone()
            assert shown == (value,)
        found = connection.execute("SELECT has_table_privilege('runs', 'DELETE')").fetchone()
        assert found == (False,)


@on_postgres
def test_the_server_keeps_a_hash_of_its_password(engine: Engine, reader: str) -> None:
    grant_reading(engine, reader, PASSWORD)
    with reading(engine) as connection:
        kept = connection.execute(
            text("SELECT rolpassword FROM pg_authid WHERE rolname = :name"), {"name": reader}
        ).scalar_one()
    assert kept.startswith("SCRAM-SHA-256$")


@on_postgres
def test_who_may_do_more_is_left_alone(engine: Engine) -> None:
    """The owner of the tables, made a reader, could work no more."""
    with pytest.raises(ReaderRoleError, match="name another"):
        grant_reading(engine, str(engine.url.username), None)
    with pytest.raises(ReaderRoleError, match="letters from a to z"):
        grant_reading(engine, 'x"; DROP TABLE runs; --', None)


@on_postgres
def test_who_may_not_make_roles_says_whom_to_ask(engine: Engine, reader: str) -> None:
    grant_reading(engine, reader, PASSWORD)
    plain = "plain_owner"
    with writing(engine) as connection:
        connection.exec_driver_sql(f"CREATE ROLE {plain} LOGIN")
    other = open_engine(engine.url.set(username=plain).render_as_string(hide_password=False))
    try:
        with pytest.raises(ReaderRoleError, match=f"ALTER ROLE {plain} CREATEROLE"):
            grant_reading(other, "third", None)
    finally:
        other.dispose()
        with writing(engine) as connection:
            connection.exec_driver_sql(f"DROP ROLE {plain}")
