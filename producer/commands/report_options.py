"""Options that `triage report` and `triage export` have in common."""

from __future__ import annotations

from typing import Annotated

import typer

Run = Annotated[
    str | None,
    typer.Option(help="Only this run; else every document once, with the results that count."),
]
Since = Annotated[
    str | None, typer.Option(metavar="DAY", help="Only what customers wrote from this day on.")
]
Until = Annotated[
    str | None, typer.Option(metavar="DAY", help="Only what they wrote up to this day, itself in.")
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        help="Only documents that have it: a column, or metadata.KEY. More than one: all hold.",
    ),
]
Redact = Annotated[
    bool,
    typer.Option(
        "--redact",
        help="Marks such as [name] in place of names, e-mails, phones, cards and addresses.",
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        metavar="WHAT",
        help="Break it down by day, week, month, source, product, language or metadata.KEY.",
    ),
]
Against = Annotated[
    str | None,
    typer.Option(
        metavar="previous", help="Compare shares with the period of the same length before."
    ),
]
MinDocuments = Annotated[
    int | None, typer.Option(metavar="N", min=0, help="Leave out rows of fewer documents.")
]
Sort = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="The largest first; with :asc behind it the smallest."),
]
