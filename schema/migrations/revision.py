"""The database's revision: creating, upgrading, and checking it before anything else is done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, column, inspect, select, table

from schema.database import reachable, reading, writing
from schema.database.errors import DatabaseError, describe
from schema.views import create_views

if TYPE_CHECKING:
    from alembic.config import Config

#: Where Alembic keeps the revision of a database.
_KEPT = table("alembic_version", column("version_num"))


class RevisionError(DatabaseError):
    """The database is at another revision than this version needs. Its text is one sentence.

    Attributes:
        is_newer: Whether it has been upgraded by a newer version. What an older one needs is still
            there: migrations add.
    """

    def __init__(self, message: str, *, is_newer: bool) -> None:
        super().__init__(message)
        self.is_newer = is_newer


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; there is no `alembic.ini`."""
    # A third of the time of a command that only looks whether the revision is the newest.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def known_revisions() -> list[str]:
    """The revisions of this version of the project, oldest first: what their files begin with."""
    files = (Path(__file__).parent / "versions").glob("[0-9]*.py")
    return sorted(path.name.partition("_")[0] for path in files)


def newest_revision() -> str:
    """The revision that this version of the project needs."""
    return known_revisions()[-1]


def current_revision(engine: Engine) -> str | None:
    """The revision that the database is at, None when it has no tables of ours."""
    with reading(engine) as connection:
        if not inspect(connection).has_table(_KEPT.name):
            return None
        return connection.execute(select(_KEPT.c.version_num)).scalar()


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Create or upgrade the database in one transaction, its views included.

    Returns:
        The revisions before and after.

    Raises:
        DatabaseError: If it cannot be reached, or somebody's own view stands on one of ours.
    """
    from alembic import command

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
        RevisionError: If it is old, or newer than this version.
        DatabaseError: If it is missing, or cannot be reached.
    """
    reachable(engine)
    current, newest = current_revision(engine), newest_revision()
    if current == newest:
        return
    where = describe(str(engine.url))
    if current is None:
        raise DatabaseError(f"the database {where} has no tables yet; run: triage init")
    if current in known_revisions():
        raise RevisionError(
            f"the database {where} is at revision {current}, this version needs {newest}; "
            "run: triage init",
            is_newer=False,
        )
    raise RevisionError(
        f"the database {where} is at revision {current}, which this version does not know; "
        "upgrade feedback-triage",
        is_newer=True,
    )
