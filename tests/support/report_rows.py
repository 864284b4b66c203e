"""Rows of reports as their tests compare them: without the ends of intervals."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from schema.database import reading
from schema.reports import ReportOptions, find_report, run_report


def rows(engine: Engine, name: str, run_id: int | None = None, **options: Any) -> list[Any]:
    """The rows without the ends of intervals, which have tests of their own."""
    asked = ReportOptions(run_id=run_id, **options)
    with reading(engine) as connection:
        found = run_report(connection, find_report(name), asked)
        shown = [place for place, name in enumerate(found.columns) if not is_end(name)]
        return [tuple(row[place] for place in shown) for row in found.rows]


def columns(engine: Engine, name: str) -> tuple[str, ...]:
    with reading(engine) as connection:
        found = run_report(connection, find_report(name)).columns
    return tuple(name for name in found if not is_end(name))


def is_end(column: str) -> bool:
    return column.endswith(("_low", "_high"))
