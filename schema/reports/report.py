"""Loading reports and running them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from importlib import resources
from itertools import islice
from typing import Any

from sqlalchemy import BigInteger, Connection, Date, Integer, bindparam, text

from schema.database.types import UtcDateTime
from schema.reports import corrected_shares
from schema.reports.labels import DESCRIPTION, labels_sql

Value = str | int | float | date | datetime | None

#: Columns that SQLite, which has no type for them, gives as text.
TYPED_COLUMNS: dict[str, Any] = {
    "day": Date(),
    "time": UtcDateTime(),
    "first_day": Date(),
    "last_day": Date(),
    "created_at": UtcDateTime(),
    "ingested_at": UtcDateTime(),
    "first_failed_at": UtcDateTime(),
    "last_failed_at": UtcDateTime(),
}

#: Rows that are fetched at once, so that memory stays flat.
BLOCK = 1_000


class UnknownReportError(LookupError):
    """No report has this name; the message gives the closest one, and all there are."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report: the name of its file, the one line that says what it shows, and its SELECT, or the
    function that makes its rows, of the connection and the id of a run, where SQL cannot.
    """

    name: str
    description: str
    sql: str
    columns: tuple[str, ...] = ()
    make_rows: Callable[[Connection, int | None], Iterator[tuple[Value, ...]]] | None = None


@dataclass(frozen=True, slots=True)
class ReportRows:
    """What a report gave: names of columns, and the rows, which can be read once."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Value, ...]]


@cache
def reports() -> tuple[Report, ...]:
    """All reports by name.

    Raises:
        ValueError: If a file does not begin with a comment.
    """
    found = []
    for file in resources.files("schema.reports").iterdir():
        if not file.name.endswith(".sql"):
            continue
        sql = file.read_text("utf-8")
        first, _, _ = sql.partition("\n")
        if not first.startswith("-- "):
            raise ValueError(f"{file.name}: the first line must be a comment: what it shows")
        found.append(Report(file.name.removesuffix(".sql"), first.removeprefix("-- "), sql))
    found.append(Report("labels", DESCRIPTION, labels_sql()))
    found.append(
        Report(
            "corrected-shares",
            corrected_shares.DESCRIPTION,
            sql="",
            columns=corrected_shares.COLUMNS,
            make_rows=corrected_shares.corrected_shares,
        )
    )
    return tuple(sorted(found, key=lambda report: report.name))


def find_report(name: str) -> Report:
    """The report called `name`.

    Raises:
        UnknownReportError: If there is none.
    """
    by_name = {report.name: report for report in reports()}
    if name in by_name:
        return by_name[name]
    close = get_close_matches(name, by_name, n=1, cutoff=0.4)
    guess = f"; did you mean {close[0]!r}?" if close else ";"
    raise UnknownReportError(f"no report is named {name!r}{guess} there are {', '.join(by_name)}")


def run_report(
    connection: Connection, report: Report, run_id: int | None = None, limit: int | None = None
) -> ReportRows:
    """Run a report.

    Args:
        connection: Must stay open until the rows have been read.
        report: Which.
        run_id: Of one run, or None for all.
        limit: Only the first so many rows.

    Returns:
        Its rows with the types of Python, the same from both databases.
    """
    if report.make_rows is not None:
        return ReportRows(report.columns, islice(report.make_rows(connection, run_id), limit))
    sql, parameters = report.sql, [bindparam("run_id", run_id, Integer())]
    if limit is not None:
        sql += "\nLIMIT :row_limit"
        parameters.append(bindparam("row_limit", limit, BigInteger()))
    if connection.dialect.name == "postgresql":
        # All rows are wanted, not the first tenth, for which a cursor is planned by default.
        connection.execute(text("SET LOCAL cursor_tuple_fraction = 1.0"))
    statement = text(sql).bindparams(*parameters).columns(**TYPED_COLUMNS)
    result = connection.execute(statement, execution_options={"yield_per": BLOCK})
    rows = (tuple(_plain(value) for value in row) for row in result)
    return ReportRows(tuple(result.keys()), rows)


def _plain(value: Any) -> Value:
    if isinstance(value, Decimal):
        whole = value.as_tuple().exponent == 0
        return int(value) if whole else float(value)
    plain: Value = value
    return plain
