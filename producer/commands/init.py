"""`triage init`: create or upgrade the database."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import Engine

from producer.commands.outcome import AsJson, print_outcome
from producer.errors import UsageError
from producer.session import as_usage_error, open_settings
from schema.access.reader_role import ReaderRoleError, grant_reading
from schema.database import open_engine
from schema.database.errors import DatabaseError, describe
from schema.migrations.revision import upgrade
from schema.settings import Settings


def init(
    reader: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Let a role of PostgreSQL read everything but logins; TRIAGE_READER_PASSWORD is "
            "its password.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create the database, or upgrade it to this version."""
    config = open_settings()
    try:
        engine = open_engine(config.database)
        before, after = upgrade(engine)
    except DatabaseError as error:
        raise as_usage_error(error) from None
    where = describe(config.database)
    if before == after:
        said = f"{where} is up to date (revision {after})"
    elif before is None:
        said = f"{where} created (revision {after})"
    else:
        said = f"{where} upgraded from revision {before} to {after}"
    facts = {"database": where, "revision": after, "before": before}
    if reader is not None:
        said += "\n" + _let_read(engine, reader, config)
        facts["reader"] = reader
    print_outcome(said, facts, as_json)


def _let_read(engine: Engine, name: str, config: Settings) -> str:
    password = config.reader_password
    try:
        is_new = grant_reading(engine, name, password.get_secret_value() if password else None)
    except ReaderRoleError as error:
        raise UsageError(str(error)) from None
    if is_new and password is None:
        return (
            f"{name} is a new role without a password: set TRIAGE_READER_PASSWORD, and run this "
            "again, or let the server know it in another way"
        )
    return f"{name} may read tables and views, and change nothing"
