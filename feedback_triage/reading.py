"""Reports and views of the database as data frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feedback_triage.errors import explained
from feedback_triage.frames import Frame, Kind, choose_kind, from_arrow


def read(
    name: str,
    *,
    run: str | None = None,
    since: str | None = None,
    until: str | None = None,
    where: Mapping[str, Any] | None = None,
    by: str | None = None,
    limit: int | None = None,
    to: Kind | None = None,
) -> Frame:
    """Read a report (`triage report` lists them) or a view (`v_documents` …, docs/views.md).

    Args:
        name: The report or the view.
        run: Only of this run; None for what counts of all.
        since: Only documents from this day on, `2026-03-01`; see docs/views.md.
        until: Only documents before this day.
        where: Only documents with these values: `{"product": "Kettle", "metadata.country": "DE"}`.
        by: Break a report down by `day`, `week`, `month` or a column of the input.
        limit: The most rows; None for all.
        to: `pandas`, `arrow` or `polars`; None for pandas if it is installed, else Arrow.

    Returns:
        The rows that `triage export` writes, with the types of docs/views.md; JSON is text.

    Raises:
        TriageError: If there is no such report, run or column, or the database cannot be read.
        ValueError: If `to` is none of these, or not installed.
    """
    kind = choose_kind(to)
    with explained():
        return from_arrow(kind, _table(name, run, (since, until), where or {}, (by, limit)))


def _table(
    name: str,
    run: str | None,
    period: tuple[str | None, str | None],
    where: Mapping[str, Any],
    shown: tuple[str | None, int | None],
) -> Any:
    # Here and not above: it takes most of a second.
    import pyarrow

    from producer.export.parquet import arrow_tables
    from producer.export.where import read_conditions
    from producer.session import open_database, open_settings, refresh_rollups
    from schema.database import reading
    from schema.reports import ReportOptions, find_report, read_period, run_report
    from schema.status.runs import find_run

    wanted = find_report(name, open_settings().reports)
    days = read_period(*period)
    engine = open_database()
    refresh_rollups(engine)
    conditions = read_conditions(engine, [f"{key}={value}" for key, value in where.items()])
    with reading(engine) as connection:
        run_id = None if run is None else find_run(connection, run)
        by, limit = shown
        asked = ReportOptions(period=days, by=by, limit=limit, run_id=run_id, where=conditions)
        schema, tables = arrow_tables(run_report(connection, wanted, asked))
        return pyarrow.Table.from_batches(
            [batch for table in tables for batch in table.to_batches()], schema
        )
