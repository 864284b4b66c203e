"""`triage correct`: what a person says of results, beside what the model said."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from typing import Annotated

import typer

from producer.commands.outcome import AsJson, print_outcome
from producer.display.say import say
from producer.errors import UsageError
from producer.exit_codes import INCOMPLETE
from producer.review.filled_file import FilledFile, read_filled_file
from producer.session import open_database
from schema.corrections.store import Stored, store
from schema.database import writing

#: Bad rows that are named one by one; of more, the number.
MOST_NAMED = 20


def correct(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="What `triage review` wrote, filled in.")
    ],
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who says so; else who is logged in.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Store a person's labels beside the model's; a later one of the same person counts instead."""
    said_by = (by or _user()).strip()
    if not said_by:
        raise UsageError("nobody knows who says so; give --by NAME")
    done = Stored()
    with writing(open_database()) as connection:
        found = read_filled_file(connection, file)
        for subject, corrections in found.corrections.items():
            one = store(connection, subject, corrections, said_by)
            done.new += one.new
            done.changed += one.changed
            done.same += one.same
    for bad in found.bad[:MOST_NAMED]:
        say(str(bad), err=True)
    if len(found.bad) > MOST_NAMED:
        say(f"and {len(found.bad) - MOST_NAMED:,} more rows", err=True)
    facts = asdict(done) | {"empty": found.empty, "unusable": len(found.bad)}
    print_outcome(_summary(done, found), facts, as_json)
    if found.bad:
        raise typer.Exit(INCOMPLETE)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A user without a name, as in some containers.
        return ""


def _summary(done: Stored, found: FilledFile) -> str:
    return (
        f"labels: {done.new:,} new, {done.changed:,} changed, {done.same:,} as before; "
        f"{found.empty:,} rows without a label, {len(found.bad):,} that cannot be used"
    )
