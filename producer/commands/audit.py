"""`triage audit`: who did what on the served page, and when."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from producer.display.say import say
from producer.display.table import make_table
from producer.session import open_database
from schema.access.audit import read_audit
from schema.control_characters import json_text
from schema.database import reading

COLUMNS = ("time", "who", "from", "did", "what")
#: Entries that are shown, unless `--limit` says otherwise.
NEWEST = 50


def audit(
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="Only the newest N; 0: all.")
    ] = NEWEST,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show logins and edits of the served page, the newest first: ids only, no texts."""
    with reading(open_database()) as connection:
        found = read_audit(connection, limit or None)
    if as_json:
        say(json_text([_entry(row) for row in found], indent=2))
    elif not found:
        say("nobody has logged in yet; the page is served by: triage serve")
    else:
        rows = [(row.at, row.who, row.address, row.action, _what(row.detail)) for row in found]
        Console().print(make_table(COLUMNS, rows))


def _entry(row: Any) -> dict[str, Any]:
    about = {"at": row.at.isoformat(), "who": row.who, "address": row.address}
    return about | {"action": row.action, "detail": row.detail}


def _what(detail: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in detail.items())
