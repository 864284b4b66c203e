"""`triage duplicates`: which documents are copies of each other."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from producer.commands.outcome import AsJson, print_outcome
from producer.session import open_database
from schema.database import reading
from schema.status.runs import find_run


def duplicates(
    runs: Annotated[
        list[str] | None,
        typer.Argument(metavar="RUN", help="Only among documents of these; else among all."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find copies: documents with the same words, or made from one template, and group them."""
    # With numpy, for which no other command has to wait.
    from schema.duplicates.find import find_duplicates

    engine = open_database()
    with reading(engine) as connection:
        run_ids = [find_run(connection, name) for name in runs or ()]
    found = find_duplicates(engine, run_ids)
    share = (found.equal + found.alike) / max(1, found.documents)
    said = (
        f"{found.documents:,} documents: {found.equal:,} have the words of another one, "
        f"{found.alike:,} nearly so ({share:.1%} together), in {found.groups:,} groups, the "
        f"largest of {found.largest:,}; see: triage report near-duplicates, and "
        "sentiment-without-copies"
    )
    print_outcome(said, asdict(found), as_json)
