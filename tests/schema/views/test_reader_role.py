"""The role of docs/views.md that only reads: it reads every view, and can write nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from schema.database import writing
from schema.migrations.revision import alembic_config, upgrade
from schema.views import VIEWS
from tests.support.two_runs import add_intents, seed

PAGE = (Path(__file__).parents[3] / "docs" / "views.md").read_text("utf-8")


@pytest.fixture
def reader(engine: Engine) -> Iterator[str]:
    """The role that the page describes."""
    found = re.search(r"```sql\n(CREATE ROLE.*?)```", PAGE, re.S)
    assert found
    with writing(engine) as connection:
        owner = connection.execute(text("SELECT current_user")).scalar_one()
        connection.exec_driver_sql(found[1].replace("FOR ROLE triage ", f"FOR ROLE {owner} "))
    yield "triage_reader"
    with writing(engine) as connection:
        connection.exec_driver_sql("DROP OWNED BY triage_reader; DROP ROLE triage_reader")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_role_reads_and_cannot_write(engine: Engine, reader: str) -> None:
    autumn, _ = seed(engine)
    # Views that are made anew, as an upgrade does, can be read as before.
    with writing(engine) as connection:
        command.downgrade(alembic_config(connection), "0018")
    upgrade(engine)
    add_intents(engine, autumn, 1, ["complaint"])
    for name in (view.name for view in VIEWS):
        with engine.connect() as connection:
            connection.execute(text(f"SET ROLE {reader}"))
            assert connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
    for statement in (
        "DELETE FROM sentiments",
        "UPDATE runs SET preferred_at = now()",
        "UPDATE documents SET text = ''",
        "CREATE TABLE mine (id int)",
        # Not even read: hashes of passwords, and of the tokens of logins.
        "SELECT * FROM page_users",
        "SELECT * FROM page_sessions",
    ):
        with engine.connect() as connection:
            connection.execute(text(f"SET ROLE {reader}"))
            with pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(statement))
