"""The migrations make exactly the tables that the models describe, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, select, text

from schema.database import open_engine, reading, writing
from schema.database.errors import DatabaseError
from schema.migrations.revision import (
    alembic_config,
    check_revision,
    known_revisions,
    newest_revision,
    upgrade,
)
from schema.results.sentiment import SentimentRow
from schema.tables import Base, Run
from tests.support.feedback import add_document, add_run
from tests.support.ingesting import check_run, run_ingest, write_csv


def test_files_are_named_as_their_revisions_which_alembic_need_not_be_asked_for() -> None:
    script = ScriptDirectory.from_config(alembic_config())
    assert script.get_current_head() == newest_revision()
    assert [one.revision for one in script.walk_revisions()] == known_revisions()[::-1]


def test_migrations_equal_models(engine: Engine) -> None:
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrade_twice_changes_nothing(engine: Engine) -> None:
    assert upgrade(engine) == (newest_revision(), newest_revision())


def test_jobs_stay_as_they_were(database_url: str) -> None:
    """On SQLite the table is written anew for the ids; no job gets that of one that was there."""
    engine = open_engine(database_url)
    jobs = text("SELECT id, run_id, analysis, state, lease_until FROM jobs ORDER BY id")
    with writing(engine) as connection:
        command.upgrade(alembic_config(connection), "0006")
        connection.execute(
            text(
                "INSERT INTO runs (id, name, state, analyses, options, read, stored, duplicate, "
                "rejected, created_at) VALUES (1, 'run', 'ingested', '[\"qa\"]', '{}', 4, 4, 0, 0, "
                "'2026-11-29 10:00:00')"
            )
        )
        for first, job in ((0, 3), (2, 7)):
            connection.execute(
                text(
                    "INSERT INTO jobs (id, run_id, analysis, first_position, end_position, state, "
                    "attempts, fence, failed, lease_until) VALUES (:job, 1, 'qa', :first, "
                    ":first + 2, 'running', 1, 1, 0, '2026-11-29 10:00:00')"
                ),
                {"job": job, "first": first},
            )
        # An index on some rows only, as a later migration may make it.
        some = "state || '' = 'pending' AND first_position + 0 < 9"
        connection.execute(text(f"CREATE INDEX ix_some ON jobs (analysis, id) WHERE {some}"))
        before = connection.execute(jobs).all()
        indexes = _indexes(connection)
    upgrade(engine)
    with writing(engine) as connection:
        assert connection.execute(jobs).all() == before
        assert _indexes(connection) == indexes
        if engine.dialect.name == "sqlite":
            connection.execute(text("DELETE FROM jobs"))
            connection.execute(
                text(
                    "INSERT INTO jobs (run_id, analysis, first_position, end_position, state, "
                    "attempts, fence, failed) VALUES (1, 'qa', 0, 4, 'pending', 0, 0, 0)"
                )
            )
            assert connection.execute(text("SELECT id FROM jobs")).scalar_one() == 8
    engine.dispose()


def _indexes(connection: Connection) -> list[str]:
    """The statements that make the indexes of `jobs`."""
    statement = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE tbl_name = 'jobs' AND type = 'index'",
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE tablename = 'jobs'",
    }[connection.dialect.name]
    found = connection.execute(text(statement)).scalars()
    return sorted(one for one in found if one is not None)


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


def test_runs_of_before_stay_and_their_rejects_are_nowhere_known(engine: Engine) -> None:
    with writing(engine) as connection:
        command.downgrade(alembic_config(connection), "0003")
        statement = """INSERT INTO runs
            (name, state, analyses, options, read, stored, duplicate, rejected, created_at)
            VALUES ('old', 'ingested', '["qa"]', '{}', 3, 1, 0, 2, '2026-01-02 03:04:05+00:00')"""
        connection.execute(text(statement))
    upgrade(engine)
    with reading(engine) as connection:
        run = connection.execute(select(Run.name, Run.rejected, Run.rejects_files)).one()
    assert run == ("old", 2, None)


def test_labels_of_before_get_the_polarity_that_they_name(engine: Engine) -> None:
    labels = ["NEGATIVE", "pos", "Neutral", "1 star", "4 stars", "LABEL_1", "5"]
    with writing(engine) as connection:
        config = alembic_config(connection)
        before = ScriptDirectory.from_config(config).get_revision("0011").down_revision
        command.downgrade(config, str(before))
        run = add_run(connection, "old")
        documents = [add_document(connection, number, "text") for number in range(len(labels))]
        insert_old = text(
            "INSERT INTO sentiments (run_id, document_id, label, score, windows, model_id) "
            "VALUES (:run, :document, :label, 0.9, 1, :model)"
        )
        for document, label in zip(documents, labels, strict=True):
            row = {"run": run, "document": document, "label": label, "model": None}
            connection.execute(insert_old, row)
    upgrade(engine)
    columns = (SentimentRow.polarity, SentimentRow.polarity_score, SentimentRow.probabilities)
    with reading(engine) as connection:
        statement = select(SentimentRow.label, *columns, SentimentRow.unsure)
        found = connection.execute(statement.order_by(SentimentRow.document_id)).all()
    words = ["negative", "positive", "neutral", "negative", "positive", None, None]
    assert found == [
        (label, word, None, None, False) for label, word in zip(labels, words, strict=True)
    ]
    # A worker of before knows nothing of the new columns, and goes on.
    with writing(engine) as connection:
        document = add_document(connection, 99, "text")
        row = {"run": run, "document": document, "label": "NEGATIVE", "model": None}
        connection.execute(insert_old, row)
        unsure = select(SentimentRow.unsure).where(SentimentRow.document_id == document)
        assert connection.execute(unsure).scalar_one() is False
