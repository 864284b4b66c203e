"""How `triage analyze` writes: a table for people, JSON Lines or CSV for programs."""

from __future__ import annotations

import enum
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rich.console import Console

from producer.commands.report import FILE_WIDTH, TABLE_LIMIT
from producer.display.analyzed_table import ShownText, analyzed_table
from producer.engine.analyzed import AnalyzedRow
from producer.engine.result_columns import ERROR, NOT_ANALYSED, left_alone, result_columns
from producer.engine.words import in_words
from producer.export.files import opened, write_csv
from schema.control_characters import json_text
from schema.reports import ReportRows

#: Rows after which what has come so far is shown in a pipe.
_FLUSHED = 128


class AnalyzedFormat(enum.StrEnum):
    """How texts and their results are written."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class AnalyzedOutput:
    """Where and how results are written.

    Attributes:
        limit: Rows that are analysed; None for all.
        is_cut: Whether the limit is that of tables, which nobody asked for.
    """

    format: AnalyzedFormat
    output: Path | None
    limit: int | None
    is_cut: bool

    @classmethod
    def chosen(
        cls, format: AnalyzedFormat | None, output: Path | None, limit: int | None
    ) -> AnalyzedOutput:
        """What the options say, or where they say nothing what the output is."""
        if format is None and output is not None:
            ending = output.suffix.lower().removeprefix(".")
            known = ending in tuple(AnalyzedFormat)
            format = AnalyzedFormat(ending) if known else AnalyzedFormat.JSONL
        if format is None:
            terminal = sys.stdout.isatty()
            format = AnalyzedFormat.TABLE if terminal else AnalyzedFormat.JSONL
        is_cut = limit is None and output is None and format is AnalyzedFormat.TABLE
        return cls(format, output, TABLE_LIMIT if is_cut else limit or None, is_cut)

    def write(self, rows: Iterator[AnalyzedRow], analyses: Sequence[str], with_file: bool) -> None:
        """Write rows as they come; a table when all have come.

        Args:
            rows: The rows.
            analyses: What was asked.
            with_file: Whether each row says the file that it is of.

        Raises:
            UsageError: If the file cannot be written.
        """
        with opened(self.output) as file:
            if self.format is AnalyzedFormat.TABLE:
                width = None if self.output is None else FILE_WIDTH
                console = Console(file=file, width=width)
                console.print(analyzed_table([_shown(row) for row in rows]))
            elif self.format is AnalyzedFormat.CSV:
                write_csv(_as_table(rows, analyses, with_file), file)
            else:
                _write_lines(rows, file, with_file)


def _write_lines(rows: Iterator[AnalyzedRow], file: IO[str], with_file: bool) -> None:
    for number, row in enumerate(rows, start=1):
        file.write(json_text(row.as_json(with_file)) + "\n")
        if number % _FLUSHED == 0:
            file.flush()


def _shown(row: AnalyzedRow) -> ShownText:
    error = None if row.error is None else "not analysed: see below"
    return ShownText(str(row.row.id), row.text, in_words(row.results), error)


def _as_table(rows: Iterator[AnalyzedRow], analyses: Sequence[str], with_file: bool) -> ReportRows:
    columns = result_columns(analyses)
    names = (*(["file"] if with_file else []), "id", "text", *(one.name for one in columns))

    def cells(row: AnalyzedRow) -> tuple[Any, ...]:
        found = [_cell(one.value(row.results)) for one in columns]
        first = [row.row.file] if with_file else []
        return (*first, row.row.id, row.text, *found, left_alone(row.results), row.error)

    return ReportRows((*names, NOT_ANALYSED, ERROR), map(cells, rows))


def _cell(value: Any) -> Any:
    return json_text(value) if isinstance(value, dict | list) else value
