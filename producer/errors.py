"""Errors that end a command: one sentence on standard error, and an exit code.

Commands let them through, whoever raised them; they are said here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import NamedTuple

import typer

from producer.display.say import say
from producer.exit_codes import INCOMPLETE, TRY_AGAIN, WRONG_USAGE
from schema.interrupts import INTERRUPTED, raised


class UsageError(Exception):
    """Says what is wrong, with which row, file or setting, and what to do."""


class UnreachableError(UsageError):
    """Says that the database cannot be reached, which may pass by itself."""


class Explained(NamedTuple):
    """An error as a user reads it.

    Attributes:
        sentence: What is wrong, and what to do.
        code: What the command ends with.
    """

    sentence: str
    code: int


def explain(error: Exception) -> Explained | None:
    """Explain an error that a user can mend, a failing database included; None for any other."""
    # Here, because a command that goes well need not wait for all of them.
    from sqlalchemy.exc import DBAPIError, NoResultFound

    from producer.ingest.errors import StorageError, UnfinishedError
    from schema.database.errors import first_line, is_passing
    from schema.database.reasons import known_reason_of

    if isinstance(error, UnreachableError) or (isinstance(error, StorageError) and error.retry):
        return Explained(str(error), TRY_AGAIN)
    if isinstance(error, UnfinishedError):
        return Explained(str(error), INCOMPLETE)
    if isinstance(error, _sentences()):
        return Explained(str(error), WRONG_USAGE)
    if isinstance(error, NoResultFound):
        return Explained("the run was deleted meanwhile; see: triage status", WRONG_USAGE)
    if isinstance(error, DBAPIError):
        code = TRY_AGAIN if is_passing(error) else WRONG_USAGE
        reason = known_reason_of(error) or f"the database failed: {first_line(error)}"
        return Explained(reason, code)
    return None


def _sentences() -> tuple[type[Exception], ...]:
    """Those whose messages are such a sentence already."""
    from producer.ingest.errors import IngestError
    from schema.ledger.archive import UnfinishedRunError
    from schema.ledger.pause import CancelledRunError
    from schema.questions import NoAnswerError
    from schema.reports import ReportError, UnknownReportError
    from schema.status.runs import UnknownRunError

    return (
        UsageError,
        IngestError,
        UnknownRunError,
        UnknownReportError,
        ReportError,
        NoAnswerError,
        CancelledRunError,
        UnfinishedRunError,
    )


def without_traceback(command: Callable[..., None], named: str = "triage") -> Callable[..., None]:
    """A command that says in a sentence what a user can mend, a failing database included.

    Args:
        command: Of the console.
        named: What the sentence begins with.
    """

    @functools.wraps(command)
    def run(*args: object, **options: object) -> None:
        try:
            with raised():
                command(*args, **options)
        except KeyboardInterrupt:
            say("interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            if (known := explain(error)) is None:
                raise
            say(f"{named}: {known.sentence}", err=True)
            raise typer.Exit(known.code) from None

    return run
