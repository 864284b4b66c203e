"""Errors of the database: which pass by themselves, and how they are said without quoting rows."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,
)

#: SQLSTATE of a write to a server that takes none, as after a failover (PostgreSQL's manual,
#: appendix A).
READ_ONLY = "25006"


class DatabaseError(RuntimeError):
    """The database cannot be used as it is. One sentence, with the fix."""


class UnreachableError(DatabaseError):
    """The database does not answer, which may pass by itself."""


def is_passing(error: SQLAlchemyError) -> bool:
    """Whether the same statements may well succeed later: the database is away or starting, its
    disk is full, somebody holds a lock, two transactions were in each other's way.
    """
    if isinstance(error, OperationalError | InterfaceError | TimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) == READ_ONLY


def describe(url: str | URL) -> str:
    """The URL as it may be shown: without its password, and options, of which some are secret."""
    return make_url(url).set(query={}).render_as_string(hide_password=True)


def first_line(error: BaseException) -> str:
    """What the driver says, but for its further lines: those may quote what a customer wrote."""
    cause = getattr(error, "orig", None) or error
    return next(iter(str(cause).strip().splitlines()), type(cause).__name__)
