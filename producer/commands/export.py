"""`triage export`: a view or a report as a file, however many rows it has."""

from __future__ import annotations

import enum
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from producer.commands.report_options import Redact, Run, Since, Until, Where
from producer.display.say import say
from producer.display.table import make_table
from producer.errors import UsageError
from producer.export.files import completed, opened, write_csv, write_jsonl
from producer.export.parquet import write_parquet
from producer.export.redacted import redact_rows
from producer.export.where import read_conditions
from producer.session import open_database, open_settings, refresh_rollups
from schema.database import reading
from schema.reports import (
    ReportOptions,
    ReportRows,
    find_report,
    read_period,
    reports,
    run_report,
    view_report,
)
from schema.status.runs import find_run
from schema.views import VIEWS


class ExportFormat(enum.StrEnum):
    """What a file is written as."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


def export(
    name: Annotated[
        str | None,
        typer.Argument(metavar="VIEW", help="Which view or report; without, all are listed."),
    ] = None,
    run: Run = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    format: Annotated[
        ExportFormat | None, typer.Option(help="By default what --output ends in, else csv.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="F", help="Write to this file; else standard output.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the first N rows.")
    ] = None,
    redact: Redact = False,
) -> None:
    """Write a view or a report to a file, row by row."""
    folder = open_settings().reports
    if name is None:
        there = (*map(view_report, VIEWS), *reports(folder))
        described = [(one.name, one.description) for one in there]
        Console().print(make_table(("view or report", "a row is"), described))
        return
    kind = format or _format_of(output)
    if kind is ExportFormat.PARQUET and output is None:
        raise UsageError("Parquet goes into a file: say which with --output")
    wanted = find_report(name, folder)
    asked = ReportOptions(period=read_period(since, until), limit=limit)
    engine = open_database()
    refresh_rollups(engine)
    conditions = read_conditions(engine, where or [])
    with reading(engine) as connection:
        run_id = None if run is None else find_run(connection, run)
        found = run_report(connection, wanted, replace(asked, run_id=run_id, where=conditions))
        count = _write(redact_rows(connection, found) if redact else found, kind, output)
    if output is not None:
        say(f"{count} rows of {name} are in {output}")


def _write(found: ReportRows, kind: ExportFormat, output: Path | None) -> int:
    if kind is ExportFormat.PARQUET and output is not None:
        with completed(output) as target:
            return write_parquet(found, target)
    write = write_csv if kind is ExportFormat.CSV else write_jsonl
    with opened(output) as file:
        return write(found, file)


def _format_of(output: Path | None) -> ExportFormat:
    ending = output.suffix.lower().removeprefix(".") if output else ""
    return ExportFormat(ending) if ending in tuple(ExportFormat) else ExportFormat.CSV
