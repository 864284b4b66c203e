"""`triage init`: create or upgrade the database."""

from __future__ import annotations

from producer.errors import UsageError
from producer.say import say
from producer.session import open_settings
from schema.database import DatabaseError, describe, open_engine
from schema.migration import upgrade


def init() -> None:
    """Create the database, or upgrade it to this version."""
    config = open_settings()
    try:
        before, after = upgrade(open_engine(config.database))
    except DatabaseError as error:
        raise UsageError(str(error)) from None
    where = describe(config.database)
    if before == after:
        say(f"{where} is up to date (revision {after})")
    elif before is None:
        say(f"{where} created (revision {after})")
    else:
        say(f"{where} upgraded from revision {before} to {after}")
