"""The console: `triage` and its commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from producer.commands.analyze import analyze
from producer.commands.archive import archive
from producer.commands.audit import audit
from producer.commands.before_after import before_after
from producer.commands.calibrate import calibrate
from producer.commands.cancel import cancel
from producer.commands.complaints import complaints
from producer.commands.correct import correct
from producer.commands.dead import dead
from producer.commands.delete import delete
from producer.commands.demo import demo
from producer.commands.drivers import drivers
from producer.commands.duplicates import duplicates
from producer.commands.explain import explain
from producer.commands.export import export
from producer.commands.flower import flower
from producer.commands.forget import forget
from producer.commands.headline import headline
from producer.commands.ingest import ingest
from producer.commands.init import init
from producer.commands.pause import pause
from producer.commands.prefer import prefer
from producer.commands.report import report
from producer.commands.resume import resume
from producer.commands.retry import retry
from producer.commands.review import review
from producer.commands.rising import rising
from producer.commands.satisfaction import satisfaction
from producer.commands.search import search
from producer.commands.segments import segments
from producer.commands.serve import serve
from producer.commands.status import status
from producer.commands.themes import themes
from producer.commands.trust import trust
from producer.commands.urgent import urgent
from producer.commands.users import users
from producer.commands.verify import verify
from producer.commands.worker import worker
from producer.commands.workers import workers
from producer.errors import without_traceback
from schema.control_characters import escape_controls
from schema.private_files import be_private

#: What the parser of the command line raises; it quotes what it does not understand.
_WrongUsage: Any = typer.BadParameter.__base__


class _Commands(TyperGroup):
    """The commands; an error in how one is called cannot steer the terminal either."""

    def make_context(self, *args: Any, **options: Any) -> Any:
        """Parse what is said before a command."""
        with _escaped_errors():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        """Parse what is said behind it, and run it."""
        with _escaped_errors():
            return super().invoke(ctx)


@contextmanager
def _escaped_errors() -> Iterator[None]:
    try:
        yield
    except _WrongUsage as error:
        error.message = escape_controls(error.message)
        raise


console = typer.Typer(
    cls=_Commands,
    name="triage",
    help="Triage customer feedback: sentiment, entities, answers, summaries, translations in SQL.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with the values of variables could show what a customer wrote.
    pretty_exceptions_show_locals=False,
    rich_markup_mode="markdown",
)

for command in (
    init,
    ingest,
    worker,
    workers,
    status,
    pause,
    resume,
    cancel,
    archive,
    delete,
    dead,
    retry,
    verify,
    forget,
    report,
    export,
    prefer,
    review,
    correct,
    duplicates,
    search,
    themes,
    headline,
    complaints,
    rising,
    satisfaction,
    segments,
    drivers,
    before_after,
    trust,
    urgent,
    explain,
    analyze,
    calibrate,
    serve,
    users,
    audit,
    flower,
    demo,
):
    console.command()(without_traceback(command))


def main() -> None:
    """Entry point of the `triage` script."""
    be_private()
    console()
