"""`triage dead`: documents that failed for good, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, func, select

from producer.display.say import say
from producer.display.table import plain_text
from producer.errors import UsageError
from producer.session import open_database, open_settings
from schema.analyses import ANALYSES
from schema.catalog.own_analyses import learn_analyses
from schema.control_characters import json_text
from schema.database import reading
from schema.status.runs import find_run
from schema.tables import DeadLetter, DocumentRow, Model, Run

#: Dead letters that are shown, unless `--limit` says otherwise.
LIMIT = 40
#: Characters of a text that `--show-text` shows.
EXCERPT = 80


def dead(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="A run; without, all but archived ones.")
    ] = None,
    analysis: Annotated[str | None, typer.Option(metavar="A", help="Only this analysis.")] = None,
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="Only the newest N; 0: all.")
    ] = LIMIT,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    show_text: Annotated[
        bool, typer.Option("--show-text", help=f"The first {EXCERPT} characters of each text too.")
    ] = False,
) -> None:
    """List dead letters, newest first: which document failed, in which analysis, and why."""
    analysis = known_analysis(analysis)
    with reading(open_database()) as connection:
        run_id = None if run is None else find_run(connection, run)
        total, letters = _read(connection, run_id, analysis, limit, show_text)
    if as_json:
        say(json_text(letters, indent=2, default=_iso))
        return
    for letter in letters:
        _say(letter)
    if not letters:
        say("no dead letters")
    if total > len(letters):
        say(f"only the newest {len(letters)} of {total:,}; all with --limit 0", err=True)


def known_analysis(name: str | None) -> str | None:
    """What `--analysis` names.

    Raises:
        UsageError: If it is no analysis.
    """
    if name is not None and name not in ANALYSES:
        learn_analyses(open_settings().models)
    if name is not None and name not in ANALYSES:
        raise UsageError(f"--analysis {name!r} is none; choose from {', '.join(ANALYSES)}")
    return name


def _read(
    connection: Connection, run: int | None, analysis: str | None, limit: int, show_text: bool
) -> tuple[int, list[dict[str, Any]]]:
    """How many there are, and those to show."""
    kept = select(Run.id).where(Run.archived_at.is_(None))
    which = [DeadLetter.run_id.in_(kept) if run is None else DeadLetter.run_id == run]
    which += [] if analysis is None else [DeadLetter.analysis == analysis]
    total = connection.execute(select(func.count(DeadLetter.run_id)).where(*which)).scalar_one()
    statement = (
        select(
            Run.name.label("run"),
            DeadLetter.analysis,
            DeadLetter.document_id.label("document"),
            DocumentRow.external_id,
            DeadLetter.error_class.label("error"),
            DeadLetter.message,
            DeadLetter.attempts,
            Model.name.label("model"),
            DeadLetter.failed_at,
        )
        .join(Run, Run.id == DeadLetter.run_id)
        .join(DocumentRow, DocumentRow.id == DeadLetter.document_id)
        .outerjoin(Model, Model.id == DeadLetter.model_id)
        .where(*which)
        .order_by(DeadLetter.failed_at.desc(), DeadLetter.run_id, DeadLetter.document_id)
        .order_by(DeadLetter.analysis)
    )
    if show_text:
        # One character more tells whether there is more.
        statement = statement.add_columns(
            func.substr(DocumentRow.text, 1, EXCERPT + 1).label("text")
        )
    rows = connection.execute(statement.limit(limit) if limit else statement).all()
    return total, [_plain(row) for row in rows]


def _plain(row: Any) -> dict[str, Any]:
    found = dict(row._mapping)
    if "text" in found:
        found["text"] = plain_text(found["text"], EXCERPT).plain
    return found


def _say(letter: dict[str, Any]) -> None:
    """A line, since so many columns would fit no terminal; and one for the text."""
    known = letter["external_id"]
    document = f"document {letter['document']}" + (f" (id {known})" if known is not None else "")
    attempts = f"{letter['attempts']} attempt{'' if letter['attempts'] == 1 else 's'}"
    more = [attempts, *filter(None, [letter["model"]]), f"{letter['failed_at']:%F %H:%M} UTC"]
    line = (
        f"run {letter['run']}, {letter['analysis']}, {document}: "
        f"{letter['error']}: {letter['message']} ({', '.join(more)})"
    )
    say(plain_text(line, len(line)).plain)
    if "text" in letter:
        say(f"    {letter['text']}")


def _iso(value: datetime) -> str:
    return value.isoformat()
