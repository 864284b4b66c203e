"""`triage init`: create or upgrade the database."""

from __future__ import annotations

from producer.commands.outcome import AsJson, print_outcome
from producer.session import as_usage_error, open_settings
from schema.database import open_engine
from schema.database.errors import DatabaseError, describe
from schema.migrations.revision import upgrade


def init(as_json: AsJson = False) -> None:
    """Create the database, or upgrade it to this version."""
    config = open_settings()
    try:
        before, after = upgrade(open_engine(config.database))
    except DatabaseError as error:
        raise as_usage_error(error) from None
    where = describe(config.database)
    if before == after:
        said = f"{where} is up to date (revision {after})"
    elif before is None:
        said = f"{where} created (revision {after})"
    else:
        said = f"{where} upgraded from revision {before} to {after}"
    print_outcome(said, {"database": where, "revision": after, "before": before}, as_json)
