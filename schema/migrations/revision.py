"""The database's revision: creating, upgrading, and checking it before anything else is done."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from schema.database import reachable, reading, writing
from schema.database.errors import DatabaseError, describe
from schema.views import create_views


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; there is no `alembic.ini`."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """The revision that this version of the project needs."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


def current_revision(engine: Engine) -> str | None:
    """The revision that the database is at, None when it has no tables of ours."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Create or upgrade the database in one transaction, its views included.

    Returns:
        The revisions before and after.

    Raises:
        DatabaseError: If it cannot be reached, or somebody's own view stands on one of ours.
    """
    reachable(engine)
    before, newest = current_revision(engine), newest_revision()
    if before != newest:
        with writing(engine) as connection:
            command.upgrade(alembic_config(connection), "head")
            create_views(connection)
    return before, newest


def check_revision(engine: Engine) -> None:
    """Make sure that the database is as this version needs it.

    Raises:
        DatabaseError: If it is missing, old, or newer than this version.
    """
    reachable(engine)
    current, newest = current_revision(engine), newest_revision()
    if current == newest:
        return
    where = describe(str(engine.url))
    if current is None:
        raise DatabaseError(f"the database {where} has no tables yet; run: triage init")
    known = {
        script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()
    }
    if current in known:
        raise DatabaseError(
            f"the database {where} is at revision {current}, this version needs {newest}; "
            "run: triage init"
        )
    raise DatabaseError(
        f"the database {where} is at revision {current}, which this version does not know; "
        "upgrade feedback-triage"
    )
