"""`triage themes`: what customers talk about, found, shown, and mended by people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from producer.commands.report_options import Redact
from producer.commands.theme_edits import EDITS, edit_themes
from producer.commands.theme_tables import ThemeView, show_theme, show_themes
from producer.display.say import say
from producer.errors import UsageError
from producer.session import open_database
from schema.database import reading
from schema.status.runs import find_run
from schema.tables import ThemeKind
from schema.themes.scope import ThemeScope

#: Themes of a table on the terminal, unless `--limit` says otherwise.
TABLE_LIMIT = 40


def themes(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUN…|show ID|rename ID NAME|merge ID ID|hide ID|unhide ID|split ID]",
            help="Runs, else all feedback; or what to do with a theme.",
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only feedback written since then.")
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Find them anew; what is found again keeps its id.")
    ] = False,
    topics: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Your own topics: CSV (name, description) or TOML."),
    ] = None,
    broad: Annotated[bool, typer.Option("--broad", help="Show the broad themes.")] = False,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help=f"Only the first N; 0: all. Tables: {TABLE_LIMIT}."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    redact: Redact = False,
) -> None:
    """Find what customers talk about; the next time only what is new gets its themes."""
    words = what or []
    kind = ThemeKind.BROAD if broad else ThemeKind.THEME
    if limit is None and not json:
        limit = TABLE_LIMIT
    view = ThemeView(kind, limit or None, json, redact)
    if words and words[0] == "show":
        show_theme(open_database(), theme_id(words[1:]), view)
    elif words and words[0] in EDITS:
        edit_themes(open_database(), words)
    else:
        _find(words, _day(since), rebuild, topics, view)


def theme_id(words: Sequence[str]) -> int:
    """The one id that is said.

    Raises:
        UsageError: If it is none.
    """
    if len(words) != 1 or not words[0].isdecimal():
        raise UsageError("say the id of one theme, as `triage themes` lists it")
    return int(words[0])


def _find(
    runs: Sequence[str], since: datetime | None, rebuild: bool, topics: Path | None, view: ThemeView
) -> None:
    # numpy and scipy take half a second to load, which no other command should wait for.
    from producer.themes.finding import find_themes
    from producer.themes.topics import TopicsError, read_topics

    try:
        own = [] if topics is None else read_topics(topics)
    except TopicsError as error:
        raise UsageError(str(error)) from None
    engine = open_database()
    with reading(engine) as connection:
        scope = ThemeScope(tuple(find_run(connection, run) for run in runs), since)
    found = find_themes(engine, scope, rebuild, own)
    if found.set_id is None:
        raise UsageError(
            "there is no feedback to find themes in; begin with: triage ingest FILE --analyses "
            "embedding,sentiment"
        )
    if own and not found.rebuilt:
        say("the list of topics was not read: it counts with --rebuild", err=True)
    for name in found.unknown_topics:
        say(f"no text says the words of the topic {name!r}: describe it in other words", err=True)
    if found.stale is not None:
        say(f"{found.stale}: they count with --rebuild", err=True)
    if found.new:
        say(f"new themes: {', '.join(map(str, found.new))}", err=True)
    say(f"documents that got their themes now: {found.assigned:,}", err=True)
    show_themes(engine, found.set_id, view)


def _day(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        time = datetime.fromisoformat(said)
    except ValueError:
        raise UsageError(f"--since {said!r} is no date; write it as 2026-03-31") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
