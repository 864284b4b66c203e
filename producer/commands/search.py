"""`triage search`: documents by their words and by what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Connection, Engine

from producer.commands.report_options import Redact
from producer.display.say import say
from producer.display.table import make_table
from producer.errors import UsageError
from producer.searching import SearchRequest, find_documents
from producer.session import open_database, open_settings
from schema.control_characters import json_text
from schema.database import reading
from schema.polarity import Polarity
from schema.redaction.facts import redact_facts
from schema.search.filters import SearchFilters
from schema.search.hits import Hit
from schema.status.runs import find_run
from schema.themes.edits import UnknownThemeError, find_theme

#: Columns of the table.
COLUMNS = ("document", "score", "time", "source", "polarity", "clause")


def search(
    query: Annotated[str, typer.Argument(metavar="WORDS", help="What to look for, in any words.")],
    product: Annotated[str | None, typer.Option(metavar="P", help="Only of this product.")] = None,
    polarity: Annotated[
        Polarity | None, typer.Option(help="Only documents of which this is sure.")
    ] = None,
    theme: Annotated[
        int | None, typer.Option(metavar="ID", help="Only of this theme: triage themes lists them.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="From this day on, e.g. 2026-11-01.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="Up to this day, itself included.")
    ] = None,
    run: Annotated[str | None, typer.Option(help="Only documents of this run.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1000, help="How many.")] = 10,
    models: Annotated[str | None, typer.Option(help="pocket, hub, or a catalog's path.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    redact: Redact = False,
) -> None:
    """Find documents by their words and, where they have embeddings, by what they mean.

    The two rankings are made one by reciprocal rank fusion. What makes it quick is kept in
    TRIAGE_HOME and catches up with the database by itself.
    """
    home = open_settings().home
    engine = open_database()
    with reading(engine) as connection:
        run_id = None if run is None else find_run(connection, run)
        theme_set = None if theme is None else _set_of(connection, theme)
    filters = SearchFilters(
        product,
        None if polarity is None else polarity.value,
        _time_of("--since", since),
        _time_of("--until", until, days=1),
        run_id,
        theme,
        theme_set,
    )
    found = find_documents(engine, home, SearchRequest(query, filters, limit, models))
    for note in found.notes:
        say(note, err=True)
    _show(_redacted(engine, found.hits) if redact else found.hits, as_json)


def _redacted(engine: Engine, hits: Sequence[Hit]) -> list[Hit]:
    with reading(engine) as connection:
        return redact_facts(connection, list(hits))


def _set_of(connection: Connection, theme: int) -> int:
    """The set of themes that a theme is in."""
    try:
        return int(find_theme(connection, theme).set_id)
    except UnknownThemeError as error:
        raise UsageError(str(error)) from None


def _time_of(option: str, day: str | None, days: int = 0) -> datetime | None:
    """The beginning of a day, or of the one so many days later, in UTC; of a time, that moment."""
    if day is None:
        return None
    try:
        moment = datetime.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{option} {day!r} is no day: write it as 2026-11-01") from None
    if "T" not in day and " " not in day:
        moment += timedelta(days=days)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _show(hits: Sequence[Hit], as_json: bool) -> None:
    if as_json:
        shown = [asdict(hit) | {"time": hit.time and hit.time.isoformat()} for hit in hits]
        say(json_text(shown, indent=2))
        return
    if not hits:
        say("nothing found")
        return
    rows = [
        (
            hit.external_id or str(hit.document_id),
            f"{hit.score:.4f}",
            hit.time,
            hit.source,
            hit.polarity,
            " ".join(hit.clause.split()),
        )
        for hit in hits
    ]
    Console().print(make_table(COLUMNS, rows))
