"""The database's URL, parsed so that no error quotes it: anything may be part of a password."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError


def parse_database_url(url: str) -> URL:
    """Parse a URL as SQLAlchemy has it.

    Raises:
        ValueError: If it is none. The text quotes nothing of it.
    """
    try:
        parsed = make_url(url)
        readable = "@" not in (parsed.host or "")
    # ValueError: where the port should be there is something else.
    except (ArgumentError, ValueError):
        readable = False
    if not readable:
        raise ValueError(
            "is no database URL; try postgresql://user@host/name, and write special characters in "
            "the user and the password as %XX"
        )
    return parsed
