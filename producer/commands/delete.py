"""`triage delete`: a run, all that was made in it, and the documents that no other run has."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Engine

from producer.commands.outcome import AsJson, print_outcome
from producer.display.say import say
from producer.errors import UsageError
from producer.ingest.escaping import escaped
from producer.ingest.storage.find_rejects import RejectsFiles, find_rejects_files
from producer.ingest.storage.forget_rejects import sweep_rejects
from producer.searching import forget_search
from producer.session import open_database, open_settings
from schema.database import reading
from schema.ledger.delete import Deleted, begin_deletion, delete_run, find_deletable
from schema.ledger.forget import OUTCOMES, empty_log
from schema.status.runs import find_run

_SPACE = {
    "postgresql": "PostgreSQL keeps deleted rows in its files until VACUUM, by hand or by itself, "
    "and uses their space again then; only VACUUM FULL makes the files smaller",
    "sqlite": "SQLite uses the space again; only VACUUM makes the file smaller",
}


def delete(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be deleted, delete nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a run: its results, dead letters, jobs and rejected rows, and the documents that no
    other run has. Killed in between, it goes on when it is run again.
    """
    folder = open_settings().rejects
    engine = open_database()
    with reading(engine) as connection:
        run_id = find_run(connection, run)
    files = find_rejects_files(engine, folder, only=run)
    if dry_run or not yes:
        found = find_deletable(engine, run_id)
        if dry_run:
            said = _say("would be deleted", run, found, bool(files.reached))
            print_outcome(said, _facts(run, found, bool(files.reached), deleted=False), as_json)
            return
        _confirm(_say("to be deleted for good", run, found, bool(files.reached)), as_json)
    done, rejected = _delete(engine, folder, run, run_id)
    left = [*files.unreached, *_elsewhere(run, files)]
    facts = _facts(run, done, rejected, deleted=True) | {"left": left}
    print_outcome(_say("deleted", run, done, rejected), facts, as_json)
    _print_space(engine, as_json)
    for sentence in left:
        say(sentence, err=True)
    if left:
        raise typer.Exit(1)


def _elsewhere(run: str, files: RejectsFiles) -> list[str]:
    return [
        f"rejected rows of run {run} are on host {escaped(host)}: delete the file there"
        for host in files.elsewhere
    ]


def _facts(run: str, found: Deleted, rejects: bool, *, deleted: bool) -> dict[str, Any]:
    places = found.rows["run_documents"]
    return {
        "run": run,
        "deleted": deleted,
        "documents": found.documents,
        "documents_in_other_runs": places - found.documents,
        "rows": {table.__tablename__: found.rows[table.__tablename__] for table in OUTCOMES},
        "jobs": found.rows["jobs"],
        "rejects_file": rejects,
        "left": [],
    }


def _confirm(what: str, as_json: bool) -> None:
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: look with --dry-run, then say --yes")
    typer.confirm(f"{what}; go on?", abort=True, err=as_json)


def _delete(engine: Engine, folder: Path, run: str, run_id: int) -> tuple[Deleted, bool]:
    """Delete a run; returns what was deleted, and whether a file of rejected rows was."""
    begin_deletion(engine, run_id)
    # Before the run, by whose name they are found; nothing is added to them any more.
    rejected = _delete_rejects(engine, folder, run)
    done = Deleted()
    for sofar in delete_run(engine, run_id):
        done = sofar
    forget_search(engine, open_settings().home)
    return done, rejected


def _print_space(engine: Engine, as_json: bool) -> None:
    """What remains to be known of the files of the database."""
    if not empty_log(engine):
        say(
            "somebody reads the database, so its files may still hold the texts that were deleted, "
            "until the next one that writes",
            err=True,
        )
    say(_SPACE[engine.dialect.name], err=as_json)


def _delete_rejects(engine: Engine, folder: Path, run: str) -> bool:
    """Delete the files of a run's rejected rows; returns whether there was one."""
    files = find_rejects_files(engine, folder, only=run)
    try:
        sweep_rejects(folder, files)
        for path in files.reached:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot delete rejected rows of run {run} ({error.strerror}: "
            f"{escaped(str(error.filename))}); make their folder writable, and run this again"
        ) from None
    return bool(files.reached)


def _say(verb: str, run: str, found: Deleted, rejects: bool) -> str:
    counts = ", ".join(
        f"{table.__tablename__.replace('_', ' ')} {found.rows[table.__tablename__]:,}"
        for table in OUTCOMES
    )
    places = found.rows["run_documents"]
    file = "; the file of its rejected rows" if rejects else ""
    return (
        f"{verb}: run {run}: documents {found.documents:,}, {places - found.documents:,} more stay "
        f"in other runs; {counts}; jobs {found.rows['jobs']:,}{file}"
    )
