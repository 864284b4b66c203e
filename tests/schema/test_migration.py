"""The migrations make exactly the tables that the models describe, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from schema.database import DatabaseError, open_engine, reading, writing
from schema.migration import alembic_config, check_revision, newest_revision, upgrade
from schema.tables import Base
from tests.producer.ingesting import check_run, run_ingest, write_csv


def test_migrations_equal_models(engine: Engine) -> None:
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrade_twice_changes_nothing(engine: Engine) -> None:
    assert upgrade(engine) == (newest_revision(), newest_revision())


def test_downgrade_takes_everything_back(engine: Engine) -> None:
    with writing(engine) as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_runs_from_before_inputs_were_counted_still_balance(engine: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [(1, "a"), (2, "")])
    run_ingest(engine, path, run="r")
    with writing(engine) as connection:
        config = alembic_config(connection)
        before = ScriptDirectory.from_config(config).get_revision("0005").down_revision
        command.downgrade(config, str(before))
    upgrade(engine)
    with reading(engine) as connection:
        inputs = connection.execute(text("SELECT identity, counted, again FROM run_inputs")).all()
    assert inputs == [("", 2, 0)]
    check_run(engine, "r")
    # Nobody knows any more that these were its rows.
    assert run_ingest(engine, path, run="r").counts.new == 2
    check_run(engine, "r")
    assert run_ingest(engine, path, run="r").counts.new == 0


def test_missing_tables_say_what_to_run(database_url: str) -> None:
    engine = open_engine(database_url)
    with pytest.raises(DatabaseError, match="has no tables yet; run: triage init"):
        check_revision(engine)
    engine.dispose()


def test_newer_database_says_what_to_upgrade(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="does not know; upgrade feedback-triage"):
        check_revision(engine)


def test_unreachable_database_names_the_setting_but_not_the_password() -> None:
    engine = open_engine("postgresql://triage:secret@127.0.0.1:1/nowhere")
    with pytest.raises(DatabaseError, match="check TRIAGE_DATABASE_URL") as caught:
        check_revision(engine)
    assert "secret" not in str(caught.value)
