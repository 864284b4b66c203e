"""`triage urgent`: whom to call today, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy import Connection, select

from producer.commands.report import AsJson, Format, pick_format
from producer.commands.report_options import Redact, Since
from producer.display.say import say
from producer.display.table import plain_text
from producer.export.files import opened, write_csv, write_json
from producer.export.redacted import redact_rows
from producer.session import open_database, refresh_rollups
from schema.database import reading
from schema.reports import ReportOptions, ReportRows, find_report, read_period, run_report
from schema.results.intent import IntentRow
from schema.results.sentiment import SentimentRow
from schema.status.runs import find_run

#: Documents that are shown, unless `--limit` says otherwise.
LIMIT = 20


def urgent(
    run: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="Only this run; else every document once."),
    ] = None,
    since: Since = None,
    limit: Annotated[
        int, typer.Option(metavar="N", min=0, help="Only the N most urgent; 0: all.")
    ] = LIMIT,
    format: Annotated[Format | None, typer.Option(help="Else as a list.")] = None,
    as_json: AsJson = False,
    output: Annotated[Path | None, typer.Option(metavar="F", help="Write to this file.")] = None,
    redact: Redact = False,
) -> None:
    """List the feedback that cannot wait, the most urgent first, with reasons and quotes."""
    format = pick_format(format, as_json)
    period = read_period(since, None)
    engine, report = open_database(), find_report("urgent")
    if run is None and since is None:
        refresh_rollups(engine, report)
    with reading(engine) as connection, opened(output) as file:
        run_id = None if run is None else find_run(connection, run)
        options = ReportOptions(run_id=run_id, period=period, limit=limit or None)
        found = run_report(connection, report, options)
        found = redact_rows(connection, found) if redact else found
        if format is Format.CSV:
            write_csv(found, file)
        elif format is Format.JSON:
            write_json(found, file)
        else:
            console = Console(file=file, highlight=False, soft_wrap=True)
            for line in _lines(found):
                console.print(line)
        for missing in _missing(connection, run_id):
            say(missing, err=True)


def _lines(found: ReportRows) -> Iterator[Text]:
    """A heading, the reasons and the quotes of each document."""
    number = 0
    for number, values in enumerate(found.rows, start=1):
        row: dict[str, Any] = dict(zip(found.columns, values, strict=True))
        yield Text(plain_text(f"{number}. {_heading(row)}").plain, style="bold")
        yield plain_text(f"   {row['reasons']}")
        for quote in (row["quotes"] or "").split("\n"):
            if quote:
                yield plain_text(f"   {quote}")
    if not number:
        yield Text("nothing is urgent")


def _heading(row: dict[str, Any]) -> str:
    parts = [f"urgency {row['urgency']:g}", f"document {row['document']}", row["source"]]
    if row["external_id"] is not None:
        parts.append(row["external_id"])
    if isinstance(row["time"], datetime):
        parts.append(f"{row['time']:%Y-%m-%d}")
    if row["product"] is not None:
        parts.append(row["product"])
    if row["rating"] is not None:
        scale = f"/{row['rating_scale']}" if row["rating_scale"] else ""
        parts.append(f"rating {row['rating']:g}{scale}")
    if row["copies"] > 1:
        parts.append(f"{row['copies']} copies")
    return " · ".join(parts)


def _missing(connection: Connection, run_id: int | None) -> Iterator[str]:
    """What is not known of the documents, and how to know it."""
    tables: tuple[tuple[Any, str], ...] = (
        (IntentRow, "what customers are up to"),
        (SentimentRow, "how they feel"),
    )
    for table, what in tables:
        there = select(table.document_id).limit(1)
        if run_id is not None:
            there = there.where(table.run_id == run_id)
        if connection.execute(there).first() is None:
            yield (
                f"{table.analysis} was not analysed: nothing is known of {what}; add it with: "
                f"triage ingest … --analyses {table.analysis}"
            )
