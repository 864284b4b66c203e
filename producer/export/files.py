"""Reports as files: CSV that a spreadsheet opens safely, JSON, and JSON Lines."""

from __future__ import annotations

import csv
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

from producer.errors import UsageError
from schema.control_characters import escape_controls, json_text
from schema.reports import ReportRows, Value

#: What a spreadsheet takes a cell for a formula by (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_csv(report: ReportRows, file: IO[str]) -> int:
    r"""Write a header and rows as RFC 4180 has it; returns the number of rows.

    A text that a spreadsheet would take for a formula gets a `'` before it; numbers do not. What
    would steer a terminal is written out, as `\x1b`; tabs and line ends stay, since they are data.
    """
    writer = csv.writer(file)
    writer.writerow(report.columns)
    count = 0
    for row in report.rows:
        writer.writerow([_csv_cell(value) for value in row])
        count += 1
    return count


def write_json(report: ReportRows, file: IO[str]) -> int:
    """Write a list of objects, dates in ISO 8601, row by row; returns the number of rows.

    What would steer a terminal is escaped as JSON has it, so that a program reads the same text.
    """
    count = 0
    file.write("[")
    for row in report.rows:
        file.write(",\n " if count else "\n ")
        named = dict(zip(report.columns, map(_iso, row), strict=True))
        file.write(json_text(named))
        count += 1
    file.write("\n]\n" if count else "]\n")
    return count


def write_jsonl(report: ReportRows, file: IO[str]) -> int:
    """Write an object a line, what is JSON already as it is; returns the number of rows."""
    nested = {name for name, kind in report.kinds.items() if kind == "json"}
    count = 0
    for row in report.rows:
        named: dict[str, Any] = dict(zip(report.columns, map(_iso, row), strict=True))
        for name in nested:
            named[name] = named[name] and json.loads(named[name])
        file.write(json_text(named) + "\n")
        count += 1
    return count


@contextmanager
def opened(path: Path | None) -> Iterator[IO[str]]:
    """Standard output, or a file that appears under its name when it is complete, for its owner
    alone.

    Raises:
        UsageError: If the file cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    # The csv module ends its lines itself.
    with completed(path) as target, target.open("w", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def completed(path: Path) -> Iterator[Path]:
    """A path to write to, which gets the name `path` when all is written.

    Raises:
        UsageError: If the file cannot be written.
    """
    special = path.exists() and not path.is_file()
    target = path
    try:
        if not special:
            # A name that nobody can have put a link at, and for its owner alone.
            number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            os.close(number)
            target = Path(name)
        yield target
        if not special:
            target.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
    finally:
        if target is not path:
            target.unlink(missing_ok=True)


def _csv_cell(value: Value) -> Value:
    if not isinstance(value, str):
        return _iso(value)
    guard = "'" if value.startswith(_FORMULA) and not _is_number(value) else ""
    return guard + escape_controls(value, keep="\t\r\n")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _iso(value: Value) -> str | int | float | None:
    return value.isoformat() if isinstance(value, date) else value
