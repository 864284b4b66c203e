"""`triage report`: a named SQL report as a table, CSV or JSON."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.console import Console

from producer.commands.report_options import (
    Against,
    By,
    MinDocuments,
    Redact,
    Run,
    Since,
    Sort,
    Until,
    Where,
)
from producer.commands.report_page import OUTPUT, PageRequest, report_page
from producer.display.interval_cells import join_intervals
from producer.display.say import say
from producer.display.table import make_table
from producer.errors import UsageError
from producer.export.files import opened, write_csv, write_json
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
)
from schema.status.runs import find_run

#: Rows of a table on the terminal, unless `--limit` says otherwise.
TABLE_LIMIT = 40
#: Columns of a table in a file.
FILE_WIDTH = 160


class Format(enum.StrEnum):
    """How a report is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


AsJson = Annotated[bool, typer.Option("--json", help="The same as --format json.")]


def pick_format(asked: Format | None, as_json: bool) -> Format | None:
    """The format that two options name, which may be the same.

    Raises:
        UsageError: If they name different ones.
    """
    if as_json and asked not in (None, Format.JSON):
        raise UsageError(f"--json and --format {asked} do not go together; give one of them")
    return Format.JSON if as_json else asked


_Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME|RUN…]",
        help="Which report; without, all are listed. With --html: which runs.",
    ),
]
_Format = Annotated[
    Format | None, typer.Option(help="By default what --output ends in, else table.")
]
_Output = Annotated[Path | None, typer.Option(metavar="F", help="Write to this file.")]
_Limit = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, help=f"Only the first N rows; 0: all. Tables: {TABLE_LIMIT}."),
]
_Html = Annotated[
    bool, typer.Option("--html", help=f"All that was found, as one page: {OUTPUT}, or --output.")
]


def report(
    names: _Names = None,
    run: Run = None,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    by: By = None,
    against: Against = None,
    min_documents: MinDocuments = None,
    sort: Sort = None,
    format: _Format = None,
    as_json: AsJson = False,
    output: _Output = None,
    limit: _Limit = None,
    html: _Html = False,
    redact: Redact = False,
) -> None:
    """Show a report on the results in the database, or write all of them as a page."""
    format = pick_format(format, as_json)
    if html:
        if any(one is not None for one in (by, against, min_documents, sort, format, limit)):
            raise UsageError(
                "--html goes with RUN, --since, --until, --where, --redact and --output alone"
            )
        runs = [*(names or ()), *([run] if run else ())]
        report_page(PageRequest(runs, since, until, where or (), redact), output)
        return
    if names and len(names) > 1:
        raise UsageError("name one report; only --html takes several runs")
    if against not in (None, "previous"):
        raise UsageError("--against must be previous")
    asked = ReportOptions(
        period=read_period(since, until),
        by=by,
        against_previous=against is not None,
        min_documents=min_documents,
        sort=sort,
    )
    rows = _Rows(names[0] if names else None, run, where or [], asked, redact)
    _show(rows, format or _format_of(output), output, limit)


@dataclass(frozen=True)
class _Rows:
    """Which rows are asked for."""

    name: str | None
    run: str | None
    where: Sequence[str]
    asked: ReportOptions
    redacted: bool = False


def _show(wanted: _Rows, kind: Format, output: Path | None, limit: int | None) -> None:
    if limit is None and kind is Format.TABLE and output is None:
        limit = TABLE_LIMIT
        note = f"only the first {limit} rows; all with --limit 0"
    else:
        limit, note = limit or None, None
    # One row more than asked for tells whether there are more.
    asked = replace(wanted.asked, limit=limit + 1 if limit and note else limit)
    rows = _rows(replace(wanted, asked=asked))
    with rows as found, opened(output) as file:
        more = _write(found, kind, file, None if output is None else FILE_WIDTH, limit)
    if more and note:
        say(note, err=True)


@contextmanager
def _rows(wanted: _Rows) -> Iterator[ReportRows]:
    folder, asked, run = open_settings().reports, wanted.asked, wanted.run
    if wanted.name is None:
        if wanted.where or run is not None or replace(asked, limit=None) != ReportOptions():
            raise UsageError("options need the name of a report; `triage report` lists them")
        listed = ((one.name, one.description) for one in reports(folder))
        yield ReportRows(("report", "shows"), islice(listed, asked.limit))
        return
    chosen = find_report(wanted.name, folder)
    engine = open_database()
    whole = run is None and not (asked.is_restricted or wanted.where)
    refresh_rollups(engine, chosen if whole else None)
    conditions = read_conditions(engine, wanted.where)
    with reading(engine) as connection:
        run_id = None if run is None else find_run(connection, run)
        found = run_report(connection, chosen, replace(asked, run_id=run_id, where=conditions))
        yield redact_rows(connection, found) if wanted.redacted else found


def _write(
    found: ReportRows, kind: Format, file: IO[str], width: int | None, limit: int | None
) -> bool:
    """Write the rows; returns whether there were more than `limit`."""
    if kind is Format.CSV:
        write_csv(found, file)
        return False
    if kind is Format.JSON:
        write_json(found, file)
        return False
    rows = list(found.rows)
    console = Console(file=file, width=width)
    if rows:
        console.print(make_table(*join_intervals(found.columns, rows[:limit])))
    else:
        console.print("no rows")
    return limit is not None and len(rows) > limit


def _format_of(output: Path | None) -> Format:
    ending = output.suffix.lower().removeprefix(".") if output else ""
    return Format(ending) if ending in ("csv", "json") else Format.TABLE
