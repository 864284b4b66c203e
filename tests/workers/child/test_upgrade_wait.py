"""Workers of this version beside a database that is older, or newer."""

from __future__ import annotations

import logging

import pytest
from alembic import command
from sqlalchemy import Engine, text

from schema.database import open_engine, writing
from schema.migrations.revision import alembic_config, known_revisions, newest_revision, upgrade
from workers.child.upgrade_wait import wait_for_upgrade

OLDER = known_revisions()[-2]


@pytest.fixture
def older(database_url: str) -> Engine:
    """A database that the version before has made."""
    engine = open_engine(database_url)
    with writing(engine) as connection:
        command.upgrade(alembic_config(connection), OLDER)
    return engine


def test_a_worker_waits_until_the_database_is_upgraded_and_says_so_once(
    older: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 3:
            upgrade(older)
        return False

    assert wait_for_upgrade(older, wait)
    assert len(waits) == 3
    said = [one.getMessage() for one in caplog.records if one.name.startswith("workers")]
    waiting, over = said
    assert f"is at revision {OLDER}, this version needs {newest_revision()}" in waiting
    assert waiting.endswith("run: triage init; this worker waits for it")
    assert over == "the database is upgraded"


def test_a_worker_that_is_to_end_waits_no_longer(older: Engine) -> None:
    assert not wait_for_upgrade(older, lambda _: True)


def test_a_worker_goes_on_beside_a_newer_database_and_says_so(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    def never(_seconds: float) -> bool:
        raise AssertionError("it waits")

    assert wait_for_upgrade(engine, never)
    (said,) = [one.getMessage() for one in caplog.records if one.name.startswith("workers")]
    assert "9999, which this version does not know; upgrade feedback-triage" in said


def test_whether_the_database_answers_is_another_matter(sqlite_url: str) -> None:
    """It has no tables either: whoever loads the models says what is wrong."""
    assert wait_for_upgrade(open_engine(sqlite_url), lambda _: True)
