"""What most commands begin with: settings that hold, and a database of the right revision."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from producer.errors import UnreachableError, UsageError
from schema.database import open_engine
from schema.database.errors import DatabaseError
from schema.database.errors import UnreachableError as DatabaseUnreachableError
from schema.migrations.revision import RevisionError, check_revision
from schema.private_files import tighten_home
from schema.settings import Settings, SettingsError, read_settings
from schema.views import refresh

if TYPE_CHECKING:
    from schema.reports import Report


def open_settings() -> Settings:
    """The settings; TRIAGE_HOME is private from here on.

    Raises:
        UsageError: If one of them is wrong.
    """
    try:
        config = read_settings()
    except SettingsError as error:
        raise UsageError(str(error)) from None
    tighten_home(config.home)
    return config


def open_database() -> Engine:
    """The database of the settings, checked to be there and up to date.

    Raises:
        UsageError: If it cannot be used as it is.
        UnreachableError: If it does not answer.
    """
    try:
        return _open_checked()
    except DatabaseError as error:
        raise as_usage_error(error) from None


def check_for_workers() -> str | None:
    """Make sure that there is a database for workers to begin with. One of another revision is no
    error: they wait for its upgrade, or go on beside one that is newer.

    Returns:
        What to say of its revision, if it is another.

    Raises:
        UsageError: If it cannot be used as it is, or has no tables yet.
        UnreachableError: If it does not answer.
    """
    try:
        _open_checked().dispose()
    except RevisionError as error:
        meanwhile = (
            "until then workers go on beside it" if error.is_newer else "workers wait for it"
        )
        return f"{error}; {meanwhile}"
    except DatabaseError as error:
        raise as_usage_error(error) from None
    return None


def _open_checked() -> Engine:
    """The database of the settings, of the revision that this version knows."""
    engine = open_engine(open_settings().database)
    check_revision(engine)
    return engine


def refresh_rollups(engine: Engine, report: Report | None = None) -> None:
    """Bring up to date what reports count by, so that they are quick. Where that cannot be, since
    we may only read, they count what has changed by themselves: only the time differs.

    Args:
        engine: The database.
        report: One that is asked for of all documents, and may have a rollup of its own.
    """
    with suppress(SQLAlchemyError):
        refresh(engine)
        if report is not None and report.refresh is not None:
            report.refresh(engine)


def as_usage_error(error: DatabaseError) -> UsageError:
    """The same as a command ends with it: one that may pass by itself is told from the others."""
    kind = UnreachableError if isinstance(error, DatabaseUnreachableError) else UsageError
    return kind(str(error))
