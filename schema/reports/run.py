"""Running a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, text
from sqlalchemy.exc import DBAPIError

from schema.reports.errors import ReportError
from schema.reports.intervals import with_changes, with_intervals
from schema.reports.options import ReportOptions
from schema.reports.report import Report
from schema.reports.rows import ReportRows, Value, plain, sorted_rows, without_hidden
from schema.reports.statement import (
    BY,
    Statement,
    make_statement,
    not_broken_down,
    on_runs,
)

#: Rows that are fetched at once, so that memory stays flat.
BLOCK = 1_000

_ALL = ReportOptions()
#: SQLSTATE of a statement that would write in a transaction that may only read.
_READ_ONLY = "25006"


def run_report(connection: Connection, report: Report, options: ReportOptions = _ALL) -> ReportRows:
    """Run a report.

    Args:
        connection: Must stay open until the rows have been read.
        report: Which.
        options: Which part of it, and in which form.

    Returns:
        Its rows with the types of Python, the same from both databases, and an interval behind
        each share.

    Raises:
        ReportError: If the report does not have what is asked for.
    """
    if connection.dialect.name == "postgresql":
        # All rows are wanted, not the first tenth, for which a cursor is planned by default.
        connection.execute(text("SET LOCAL cursor_tuple_fraction = 1.0"))
    if report.make_rows is not None or report.make_of_documents is not None:
        return _made(connection, report, options)
    if connection.dialect.name == "postgresql":
        # A report of the user's own reads, whatever it says. SQLite rolls back what it writes.
        connection.execute(text("SET LOCAL transaction_read_only = on"))
    column, descending = _order(options.sort)
    statement = make_statement(connection, report, options)
    in_sql = (
        column is not None
        and not column.startswith("_")
        and column in _columns(connection, statement)
    )
    limit = options.limit if column is None or in_sql else None
    sort = column if in_sql else None
    with _reads_alone(report):
        found = _select(connection, statement, options, sort, descending, limit)
    found = replace(found, kinds=report.kinds, rows=_rows(found, report))
    if report.shares:
        found = with_intervals(found, report)
        if options.against_previous:
            found = with_changes(found, _previous(connection, report, options), report)
    elif options.against_previous:
        raise ReportError(
            f"the report {report.name} has no share to compare: it takes no --against"
        )
    found = _named(without_hidden(found), options.by)
    if column is None or in_sql:
        return found
    if column not in found.columns:
        raise _no_column(report, column, found.columns)
    found = sorted_rows(found, column, descending)
    return replace(found, rows=islice(found.rows, options.limit))


@contextmanager
def _reads_alone(report: Report) -> Iterator[None]:
    """PostgreSQL refuses a report that would write, when its rows are asked for or read."""
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _READ_ONLY:
            raise
        raise ReportError(
            f"the report {report.name} would write to the database; make its SELECT one that reads "
            "alone"
        ) from None


def _rows(found: ReportRows, report: Report) -> Iterator[tuple[Value, ...]]:
    with _reads_alone(report):
        yield from found.rows


def _made(connection: Connection, report: Report, options: ReportOptions) -> ReportRows:
    """The rows of a report that is no SELECT."""
    if report.make_rows is not None and options.is_restricted:
        raise on_runs(report)
    if options.by is not None:
        raise not_broken_down(report)
    if options.against_previous or options.min_documents is not None:
        raise ReportError(f"the report {report.name} takes no --against and no --min-documents")
    column, descending = _order(options.sort)
    if report.make_rows is not None:
        rows = report.make_rows(connection, options.run_id)
    else:
        rows = _of_documents(connection, report, options)
    found = ReportRows(report.columns, rows)
    if column is not None:
        if column not in found.columns:
            raise _no_column(report, column, found.columns)
        found = sorted_rows(found, column, descending)
    return replace(found, rows=islice(found.rows, options.limit))


def _of_documents(
    connection: Connection, report: Report, options: ReportOptions
) -> Iterator[tuple[Value, ...]]:
    assert report.make_of_documents is not None

    def select(sql: str) -> Iterator[Any]:
        made = make_statement(connection, Report(report.name, report.description, sql), options)
        yield from connection.execute(made.compiled(), execution_options={"yield_per": BLOCK})

    wanted = options if options.sort is None else replace(options, limit=None)
    return report.make_of_documents(select, wanted)


def _no_column(report: Report, column: str, there: Sequence[str]) -> ReportError:
    return ReportError(
        f"--sort: the report {report.name} has no column {column!r}, but {', '.join(there)}"
    )


def _order(sort: str | None) -> tuple[str | None, bool]:
    """The column to sort by, and whether the largest comes first."""
    if sort is None:
        return None, True
    column, _, direction = sort.partition(":")
    if direction not in ("", "asc", "desc"):
        raise ReportError("--sort takes a column, with :asc behind it if the smallest comes first")
    return column, direction != "asc"


def _columns(connection: Connection, statement: Statement) -> tuple[str, ...]:
    """The columns that the database gives; nothing is computed for it."""
    empty = replace(statement, sql=f"SELECT * FROM (\n{statement.sql}\n) AS report LIMIT 0")
    return tuple(connection.execute(empty.compiled()).keys())


def _previous(connection: Connection, report: Report, options: ReportOptions) -> ReportRows:
    """The rows of the period before, with all that is counted."""
    if options.by is not None:
        raise ReportError("--against previous does not go with --by")
    period = options.period.previous(datetime.now(UTC))
    before = replace(options, period=period, min_documents=None, sort=None, limit=None)
    return _select(connection, make_statement(connection, report, before), before)


def _select(
    connection: Connection,
    statement: Statement,
    options: ReportOptions,
    sort: str | None = None,
    descending: bool = True,
    limit: int | None = None,
) -> ReportRows:
    """The rows as the SELECT gives them, sorted and cut by the database."""
    sql, parameters = statement.sql, dict(statement.parameters)
    if sort is not None or options.min_documents is not None:
        sql = f"SELECT * FROM (\n{sql}\n) AS report"
    if options.min_documents is not None:
        if "documents" not in _columns(connection, statement):
            raise ReportError("--min-documents is for reports with a column documents")
        sql += "\nWHERE documents >= :min_documents"
        parameters["min_documents"] = options.min_documents
    if sort is not None:
        sql += f'\nORDER BY "{sort}" {"DESC" if descending else "ASC"} NULLS LAST'
    if limit is not None:
        sql += "\nLIMIT :row_limit"
    made = replace(statement, sql=sql, parameters=parameters).compiled()
    if limit is not None:
        made = made.bindparams(bindparam("row_limit", limit, BigInteger()))
    result = connection.execute(made, execution_options={"yield_per": BLOCK})
    rows = (tuple(plain(value) for value in row) for row in result)
    return ReportRows(tuple(result.keys()), rows)


def _named(found: ReportRows, by: str | None) -> ReportRows:
    """The same with the name of what it is broken down by."""
    name: Any = by and by.removeprefix("metadata.")
    columns = tuple(name if column == BY else column for column in found.columns)
    return replace(found, columns=columns)
