"""`triage digest`: the five things that changed most, for a mail."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from sqlalchemy import Engine

from producer.commands.report_options import Run, Where
from producer.display.say import say
from producer.errors import UsageError
from producer.export.files import opened
from producer.export.where import read_conditions
from producer.session import open_database
from schema.control_characters import escape_controls
from schema.database import reading
from schema.redaction.facts import redact_facts
from schema.status.runs import find_run

if TYPE_CHECKING:
    from producer.digest.digest import Digest


def digest(
    since: Annotated[
        str, typer.Option(metavar="7d|2w|DAY", help="So many days or weeks, or the first day.")
    ] = "7d",
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="The last day; by default yesterday (UTC).")
    ] = None,
    run: Run = None,
    where: Where = None,
    html: Annotated[bool, typer.Option("--html", help="For mail programs that show HTML.")] = False,
    text: Annotated[bool, typer.Option("--text", help="As plain text, the default.")] = False,
    page: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where the page is: with --html, each item leads there."),
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file.")] = None,
    redact: Annotated[
        bool,
        typer.Option("--redact/--no-redact", help="Marks in place of names and addresses."),
    ] = True,
) -> None:
    """Say which five things changed most, how sure that is, and what customers say of them.

    Compared with the period of the same length before. Where nothing changed beyond chance it says
    so, and how large a change would have been seen.
    """
    # Statistics take half a second to load, which no other command should wait for.
    from producer.digest.html import write_html
    from producer.digest.text import write_text

    if html and text:
        raise UsageError("say --html or --text, not both")
    if page is not None and (not html or urlsplit(page).scheme not in ("http", "https", "file")):
        raise UsageError("--page must be a URL that begins with https://, and goes with --html")
    engine = open_database()
    found = _read(engine, (since, until), run, where or ())
    if redact:
        with reading(engine) as connection:
            found = redact_facts(connection, found)
    with opened(output) as file:
        file.write(write_html(found, redact, page) if html else write_text(found, redact))
    if output is not None:
        texts = "redacted quotes" if redact else "customers' words"
        say(f"{escape_controls(str(output))}: {texts} are in it", err=True)


def _read(
    engine: Engine, days: tuple[str, str | None], run: str | None, where: Sequence[str]
) -> Digest:
    from producer.digest.digest import read_digest
    from producer.digest.request import DigestRequest
    from producer.digest.since import read_days
    from schema.questions import Scope

    now = datetime.now(UTC)
    period = read_days(*days, now)
    conditions = read_conditions(engine, where)
    options = "".join(f" --where {shlex.quote(one)}" for one in where)
    options += f" --run {shlex.quote(run)}" if run else ""
    with reading(engine) as connection:
        run_id = None if run is None else find_run(connection, run)
        scope = Scope(period, conditions, run_id)
        return read_digest(DigestRequest(connection, scope, now, options))
