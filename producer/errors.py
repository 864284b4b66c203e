"""Errors that a user can mend: one sentence on standard error, exit code 2.

Commands let them through, whoever raised them; they are said here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import typer
from sqlalchemy.exc import DBAPIError, NoResultFound

from producer.display.say import say
from producer.ingest.errors import IngestError
from schema.database.errors import first_line
from schema.ledger.archive import UnfinishedRunError
from schema.ledger.pause import CancelledRunError
from schema.reports import UnknownReportError
from schema.status.runs import UnknownRunError


class UsageError(Exception):
    """Says what is wrong, with which row, file or setting, and what to do."""


#: As shells have it for wrong usage.
WRONG_USAGE = 2
#: Whose messages are such a sentence already.
_SENTENCES = (
    UsageError,
    IngestError,
    UnknownRunError,
    UnknownReportError,
    CancelledRunError,
    UnfinishedRunError,
)


def without_traceback(command: Callable[..., None]) -> Callable[..., None]:
    """A command that says in a sentence what a user can mend, a failing database included."""

    @functools.wraps(command)
    def run(*args: object, **options: object) -> None:
        try:
            command(*args, **options)
        except _SENTENCES as error:
            said = str(error)
        except NoResultFound:
            said = "the run was deleted meanwhile; see: triage status"
        except DBAPIError as error:
            said = f"the database failed: {first_line(error)}"
        else:
            return
        say(f"triage: {said}", err=True)
        raise typer.Exit(WRONG_USAGE)

    return run
