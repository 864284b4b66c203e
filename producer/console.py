"""The console: `triage` and its commands."""

from __future__ import annotations

import typer

from producer.commands.analyze import analyze
from producer.commands.archive import archive
from producer.commands.cancel import cancel
from producer.commands.dead import dead
from producer.commands.delete import delete
from producer.commands.demo import demo
from producer.commands.flower import flower
from producer.commands.forget import forget
from producer.commands.ingest import ingest
from producer.commands.init import init
from producer.commands.pause import pause
from producer.commands.report import report
from producer.commands.resume import resume
from producer.commands.retry import retry
from producer.commands.status import status
from producer.commands.verify import verify
from producer.commands.worker import worker
from producer.commands.workers import workers
from producer.errors import without_traceback
from schema.private import be_private

console = typer.Typer(
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
    analyze,
    flower,
    demo,
):
    console.command()(without_traceback(command))


def main() -> None:
    """Entry point of the `triage` script."""
    be_private()
    console()
