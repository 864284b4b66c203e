"""Workers begin beside a database of another revision, and it is said."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from producer.errors import UsageError
from producer.session import check_for_workers
from schema.database import writing
from schema.migrations.revision import known_revisions


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        (known_revisions()[-2], "run: triage init; workers wait for it"),
        ("9999", "upgrade feedback-triage; until then workers go on beside it"),
    ],
)
def test_another_revision_is_said_and_no_error(
    sqlite_engine: Engine, revision: str, said: str
) -> None:
    assert check_for_workers() is None
    with writing(sqlite_engine) as connection:
        statement = text("UPDATE alembic_version SET version_num = :revision")
        connection.execute(statement, {"revision": revision})
    found = check_for_workers()
    assert found and found.endswith(said)


def test_without_tables_there_is_nothing_to_begin_with(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", sqlite_url)
    with pytest.raises(UsageError, match="has no tables yet; run: triage init"):
        check_for_workers()
