"""`triage forget`: delete what a customer wrote, and all that was made of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Engine

from producer.commands.outcome import AsJson, print_outcome
from producer.display.say import say
from producer.errors import UsageError
from producer.ingest.escaping import shown, shown_names
from producer.ingest.readers.encoding import is_broken
from producer.ingest.storage.find_rejects import RejectsFiles, find_rejects_files
from producer.ingest.storage.forget_rejects import (
    ForgottenRejects,
    forget_rejects,
    has_key,
    sweep_rejects,
)
from producer.searching import forget_search
from producer.session import open_database, open_settings
from schema.ledger.forget import Forgotten, empty_log, find_forgettable
from schema.ledger.forget import forget as forget_documents
from schema.ledger.which import COLUMNS, Which, is_known, known_keys
from schema.results import RESULT_TABLES

_RESULTS = tuple(table.__tablename__ for table in RESULT_TABLES)  # type: ignore[attr-defined]
_OTHERS = ("run_documents", "dead_letters")
#: Exit code where something of the customer may still be there, or nothing has the key.
NOT_ALL = 1
#: Files that are named one by one; of more, the number.
MOST_LEFT = 20


def forget(
    external_id: Annotated[
        str | None, typer.Option(metavar="X", help="Documents with this id.")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Documents with this value in a column of the input that became metadata, or in "
            "source, product, language, external_id; customer.id reaches into nested fields.",
        ),
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="S", help="Only of this source.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be deleted, delete nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a customer's documents: their text, all results of them, and their rejected rows."""
    which = _which(external_id, where, source)
    folder = open_settings().rejects
    engine = open_database()
    try:
        done = _forget(engine, folder, which, _Request(dry_run, yes, as_json))
    except OSError as error:
        raise UsageError(
            f"cannot take rows out of the rejects in {folder} ({error.strerror}); make the folder "
            "of TRIAGE_REJECTS writable, and run this again"
        ) from None
    left = done.left
    print_outcome(_say(done.verb, done.found, done.rejects), done.facts(), as_json)
    if done.deleted:
        _print_space(engine, as_json)
    for line in left[:MOST_LEFT]:
        say(line, err=True)
    if len(left) > MOST_LEFT:
        say(f"and {len(left) - MOST_LEFT} more files of rejected rows", err=True)
    if left:
        raise typer.Exit(NOT_ALL)


@dataclass(frozen=True, slots=True)
class _Request:
    """What is said on the command line beside the customer."""

    dry_run: bool
    yes: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class _Done:
    """What was found of a customer, and what became of it.

    Attributes:
        verb: In words, what became of it.
        left: A sentence for whatever may still be there.
    """

    verb: str
    deleted: bool
    found: Forgotten
    rejects: ForgottenRejects
    left: list[str]

    def facts(self) -> dict[str, Any]:
        """For programs."""
        return {
            "deleted": self.deleted,
            "documents": self.found.documents,
            "rows": {name: self.found.rows[name] for name in (*_RESULTS, *_OTHERS)},
            "rejected_rows": self.rejects.rows,
            "left": self.left,
        }


def _forget(engine: Engine, folder: Path, which: Which, asked: _Request) -> _Done:
    files = find_rejects_files(engine, folder)
    found = find_forgettable(engine, which)
    rejects = forget_rejects(engine, files, which, dry_run=True)
    if files.unsure:
        say(
            f"runs of an older version ({shown_names(files.unsure)}) did not keep where their "
            f"rejected rows are: only those in {folder.absolute()} are looked into",
            err=True,
        )
    anything = bool(found.documents or rejects.rows)
    verb = "would be deleted" if asked.dry_run else "nothing to delete"
    if anything and not asked.dry_run:
        _confirm(asked, found, rejects)
        verb = "deleted"
        found, rejects = _delete(engine, files, which)
    if not asked.dry_run:
        _clean(engine, folder, files)
    unknown = [] if anything else _unknown(engine, files, which)
    return _Done(verb, verb == "deleted", found, rejects, [*unknown, *rejects.left])


def _unknown(engine: Engine, files: RejectsFiles, which: Which) -> list[str]:
    """What is said of a key that nothing has: a slip of the pen would leave all there is."""
    if is_known(engine, which) or has_key(files, which):
        return []
    keys = shown_names([*COLUMNS, *known_keys(engine)])
    return [f"no document has the key '{shown(which.key)}'; there are: {keys}"]


def _which(external_id: str | None, where: str | None, source: str | None) -> Which:
    if (external_id is None) == (where is None):
        raise UsageError("say which documents: either --external-id X or --where KEY=VALUE")
    if external_id is not None:
        return Which("external_id", external_id, source)
    key, equals, value = (where or "").partition("=")
    if not (key.strip() and equals and value):
        raise UsageError(f"--where {where!r} is not of the form KEY=VALUE, e.g. customer=4711")
    if is_broken(where or ""):
        raise UsageError("--where is not UTF-8; write it in the encoding of the terminal")
    return Which(key.strip(), value, source)


def _confirm(asked: _Request, found: Forgotten, rejects: ForgottenRejects) -> None:
    if asked.yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: look with --dry-run, then say --yes")
    question = _say("to be deleted for good", found, rejects) + "; go on?"
    typer.confirm(question, abort=True, err=asked.as_json)


def _delete(
    engine: Engine, files: RejectsFiles, which: Which
) -> tuple[Forgotten, ForgottenRejects]:
    done = Forgotten()
    for sofar in forget_documents(engine, which):
        done = sofar
    return done, forget_rejects(engine, files, which)


def _print_space(engine: Engine, as_json: bool) -> None:
    """What remains to be known of the files of the database."""
    if engine.dialect.name == "postgresql":
        say(
            "PostgreSQL keeps deleted rows in its files until VACUUM, by hand or by itself; "
            "backups keep them longer",
            err=as_json,
        )


def _clean(engine: Engine, folder: Path, files: RejectsFiles) -> None:
    """Take what was deleted, now or by a run that came to no end, out of the files."""
    forget_search(engine, open_settings().home)
    sweep_rejects(folder, files)
    if not empty_log(engine):
        say(
            "somebody reads the database, so its files may still hold the text of documents that "
            "were deleted: run this again when they have ended",
            err=True,
        )


def _say(verb: str, found: Forgotten, rejects: ForgottenRejects) -> str:
    counts = ", ".join(f"{name} {found.rows[name]:,}" for name in _RESULTS)
    return (
        f"{verb}: documents {found.documents:,}, places in runs {found.rows['run_documents']:,}; "
        f"{counts}; dead letters {found.rows['dead_letters']:,}; rejected rows {rejects.rows:,}"
    )
