"""Errors that a user can mend: one sentence on standard error, exit code 2."""

from __future__ import annotations

import functools
from collections.abc import Callable

import typer
from sqlalchemy.exc import DBAPIError

from schema.database import first_line


class UsageError(Exception):
    """Says what is wrong, with which row, file or setting, and what to do."""

    #: As shells have it for wrong usage.
    exit_code = 2


def database_failed(error: DBAPIError) -> UsageError:
    """The error of a statement that the database refused, or that it broke off."""
    return UsageError(f"the database failed: {first_line(error)}")


def without_traceback(command: Callable[..., None]) -> Callable[..., None]:
    """A command that says its `UsageError` in a sentence."""

    @functools.wraps(command)
    def run(*args: object, **options: object) -> None:
        try:
            command(*args, **options)
        except UsageError as error:
            typer.echo(f"triage: {error}", err=True)
            raise typer.Exit(error.exit_code) from None

    return run
