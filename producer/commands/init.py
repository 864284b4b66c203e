"""`triage init`: create or upgrade the database."""

from __future__ import annotations

import typer

from producer.errors import UsageError
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
        typer.echo(f"{where} is up to date (revision {after})")
    elif before is None:
        typer.echo(f"{where} created (revision {after})")
    else:
        typer.echo(f"{where} upgraded from revision {before} to {after}")
