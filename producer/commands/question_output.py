"""What the commands that answer a question have in common: their options, and how they write."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Engine

from producer.commands.report import FILE_WIDTH, TABLE_LIMIT, AsJson, Format, pick_format
from producer.display.interval_cells import join_intervals
from producer.display.say import say
from producer.display.table import make_table, plain_text
from producer.export.files import opened, write_csv, write_json
from producer.export.redacted import redact_cell
from producer.export.where import read_conditions
from producer.session import open_database
from schema.database import reading
from schema.questions import Scope
from schema.redaction import Known, redact
from schema.reports import ReportRows, Value, read_period
from schema.status.runs import find_run

AsFormat = Annotated[
    Format | None, typer.Option("--format", help="By default what --output ends in, else table.")
]
Output = Annotated[Path | None, typer.Option(metavar="F", help="Write to this file.")]
Limit = Annotated[
    int | None,
    typer.Option(metavar="N", min=0, help=f"Only the first N rows; 0: all. Tables: {TABLE_LIMIT}."),
]

__all__ = [
    "Answer",
    "AsFormat",
    "AsJson",
    "Limit",
    "Output",
    "Writing",
    "open_scope",
    "pick_format",
]

#: Columns that tables leave out, as those in which nothing is said: programs follow them, people
#: follow the lines below a table.
_ONLY_IN_FILES = ("examples", "quotes", "show", "with_copies")
#: Characters of a theme's name that stand in a line of a table at the least.
_NAME_WIDTH = 12


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered.

    Attributes:
        columns: Two columns `…_low` and `…_high` behind a figure are its interval. `examples` has
            ids of documents behind it, and `show` the command that shows its texts.
        rows: One a line.
        quotes: Below a table, with a title each.
        notes: Whole sentences below a table.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]
    quotes: Sequence[tuple[str, Sequence[str]]] = ()
    notes: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Writing:
    """How an answer is to be written."""

    format: Format | None = None
    output: Path | None = None
    limit: int | None = None
    redacted: bool = False

    def write(self, answer: Answer) -> None:
        """Write it: as a table with its quotes and notes, or as rows alone."""
        answer = _redacted(answer) if self.redacted else answer
        ending = self.output.suffix.lower().removeprefix(".") if self.output else ""
        chosen = self.format or (Format(ending) if ending in ("csv", "json") else Format.TABLE)
        limit = TABLE_LIMIT if chosen is Format.TABLE and self.output is None else None
        limit = limit if self.limit is None else self.limit or None
        rows = list(answer.rows[:limit])
        with opened(self.output) as file:
            if chosen is Format.TABLE:
                width = None if self.output is None else FILE_WIDTH
                _write_table(answer, rows, Console(file=file, width=width))
            else:
                write = write_csv if chosen is Format.CSV else write_json
                write(ReportRows(answer.columns, iter(rows)), file)
        if len(rows) < len(answer.rows) and self.limit is None:
            say(f"only the first {len(rows)} rows; all with --limit 0", err=True)
        if chosen is not Format.TABLE and file is sys.stdout:
            for note in answer.notes:
                say(note, err=True)


def _redacted(answer: Answer) -> Answer:
    """The same without what leads to a person. Names that models have found are no concern of it:
    who reads quotes of a document redacts them with what is known of that.
    """
    return replace(
        answer,
        rows=[_redacted_row(answer.columns, row) for row in answer.rows],
        quotes=[(redact(title), [redact(one) for one in said]) for title, said in answer.quotes],
    )


def _redacted_row(columns: Sequence[str], row: tuple[Value, ...]) -> tuple[Value, ...]:
    cells = list(zip(columns, row, strict=True))
    changed = {name: redact_cell(name, value, Known()) for name, value in cells}
    if "show" in changed and any(changed[name] != value for name, value in cells):
        # It names what was taken out, and nobody could run it without.
        changed["show"] = None
    return tuple(changed.values())


def _write_table(answer: Answer, rows: Sequence[tuple[Value, ...]], console: Console) -> None:
    kept = [
        place
        for place, name in enumerate(answer.columns)
        if name not in _ONLY_IN_FILES and any(row[place] is not None for row in rows)
    ]
    columns = [answer.columns[place] for place in kept]
    if rows:
        shown = join_intervals(columns, [[row[place] for place in kept] for row in rows])
        # What it is about is the last thing that a narrow terminal may cut.
        console.print(make_table(*shown, {"name": _NAME_WIDTH}))
    for title, quotes in answer.quotes:
        console.print(plain_text(title), style="bold", highlight=False)
        for quote in quotes:
            console.print(plain_text(f"  “{' '.join(quote.split())}”"), highlight=False)
    for note in answer.notes:
        console.print(note, highlight=False, markup=False, soft_wrap=True)


def open_scope(
    run: str | None, since: str | None, until: str | None, where: Sequence[str] | None
) -> tuple[Engine, Scope]:
    """The database, and which of its documents are asked about.

    Raises:
        ReportError: If a day cannot be read.
        UsageError: If a condition names no key that there is.
    """
    period = read_period(since, until)
    engine = open_database()
    conditions = read_conditions(engine, where or [])
    with reading(engine) as connection:
        run_id = None if run is None else find_run(connection, run)
    return engine, Scope(period, conditions, run_id)
