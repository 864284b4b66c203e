"""`triage forget`: delete what a customer wrote, and all that was made of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from producer.errors import UsageError
from producer.forgotten_rejects import ForgottenRejects, forget_rejects, sweep_rejects
from producer.say import say
from producer.session import open_database, open_settings
from schema.ledger.forget import Forgotten, Which, empty_log, find_forgettable
from schema.ledger.forget import forget as forget_documents
from schema.results import RESULT_TABLES


def forget(
    external_id: Annotated[
        str | None, typer.Option(metavar="X", help="Documents with this id.")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Documents with this value in a column of the input that became metadata, or in "
            "source, product, language, external_id.",
        ),
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="S", help="Only of this source.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be deleted, delete nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a customer's documents: their text, all results of them, and their rejected rows."""
    which = _which(external_id, where, source)
    folder = open_settings().rejects
    engine = open_database()
    try:
        found = find_forgettable(engine, which)
        rejects = forget_rejects(engine, folder, which, dry_run=True)
        if dry_run:
            say(_say("would be deleted", found, rejects))
        elif found.documents or rejects.rows:
            _confirm(yes, found, rejects)
            _forget(engine, folder, which)
        else:
            say(_say("nothing to delete", found, rejects))
            _clean(engine, folder)
        for run in rejects.busy:
            say(
                f"{run}.rejects.jsonl has rows of it too, but the run still takes rows in: "
                "run this again when it has ended",
                err=True,
            )
    except OSError as error:
        raise UsageError(
            f"cannot take rows out of the rejects in {folder} ({error.strerror}); make the folder "
            "of TRIAGE_REJECTS writable, and run this again"
        ) from None


def _which(external_id: str | None, where: str | None, source: str | None) -> Which:
    if (external_id is None) == (where is None):
        raise UsageError("say which documents: either --external-id X or --where KEY=VALUE")
    if external_id is not None:
        return Which("external_id", external_id, source)
    key, equals, value = (where or "").partition("=")
    if not (key.strip() and equals and value):
        raise UsageError(f"--where {where!r} is not of the form KEY=VALUE, e.g. customer=4711")
    return Which(key.strip(), value, source)


def _confirm(yes: bool, found: Forgotten, rejects: ForgottenRejects) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: look with --dry-run, then say --yes")
    typer.confirm(_say("to be deleted for good", found, rejects) + "; go on?", abort=True)


def _forget(engine: Engine, folder: Path, which: Which) -> None:
    done = Forgotten()
    for sofar in forget_documents(engine, which):
        done = sofar
    say(_say("deleted", done, forget_rejects(engine, folder, which)))
    _clean(engine, folder)
    if engine.dialect.name == "postgresql":
        say(
            "PostgreSQL keeps deleted rows in its files until VACUUM, by hand or by itself; "
            "backups keep them longer"
        )


def _clean(engine: Engine, folder: Path) -> None:
    """Take what was deleted, now or by a run that came to no end, out of the files."""
    sweep_rejects(folder)
    if not empty_log(engine):
        say(
            "somebody reads the database, so its files may still hold the text of documents that "
            "were deleted: run this again when they have ended",
            err=True,
        )


def _say(verb: str, found: Forgotten, rejects: ForgottenRejects) -> str:
    results = [table.__tablename__ for table in RESULT_TABLES]  # type: ignore[attr-defined]
    counts = ", ".join(f"{name} {found.rows[name]:,}" for name in results)
    return (
        f"{verb}: documents {found.documents:,}, places in runs {found.rows['run_documents']:,}; "
        f"{counts}; dead letters {found.rows['dead_letters']:,}; rejected rows {rejects.rows:,}"
    )
