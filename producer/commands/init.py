"""`triage init`: create or upgrade the database."""

from __future__ import annotations

from producer.display.say import say
from producer.session import as_usage_error, open_settings
from schema.database import open_engine
from schema.database.errors import DatabaseError, describe
from schema.migrations.revision import upgrade


def init() -> None:
    """Create the database, or upgrade it to this version."""
    config = open_settings()
    try:
        before, after = upgrade(open_engine(config.database))
    except DatabaseError as error:
        raise as_usage_error(error) from None
    where = describe(config.database)
    if before == after:
        say(f"{where} is up to date (revision {after})")
    elif before is None:
        say(f"{where} created (revision {after})")
    else:
        say(f"{where} upgraded from revision {before} to {after}")
