"""From a report and what is asked for to one SELECT, for either database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Date, Integer, TextClause, bindparam, text

from schema.database.types import UtcDateTime
from schema.reports.errors import ReportError
from schema.reports.metadata_key import metadata_key
from schema.reports.options import ReportOptions
from schema.reports.report import Report
from schema.reports.restriction import (
    from_tables,
    needed_views,
    parameters_of,
    reads,
    restricted,
)
from schema.views.dialect import write_out
from schema.views.rollup import ANY_STALE
from schema.views.view import KINDS

#: Columns that SQLite, which has no type for them, gives as text.
TYPED_COLUMNS: dict[str, Any] = {
    "day": Date(),
    "time": UtcDateTime(),
    "created_at": UtcDateTime(),
    "ingested_at": UtcDateTime(),
    "first_failed_at": UtcDateTime(),
    "last_failed_at": UtcDateTime(),
}

#: Types of parameters that the databases would not write alike.
_BOUND: dict[str, Any] = {"run_id": Integer(), "since": UtcDateTime(), "until": UtcDateTime()}

#: What `--by` may be, beside `metadata.KEY`; `d` is `v_documents`.
_BY_COLUMNS = ("source", "product", "language")
_BY_TIME = {
    "postgresql": {
        "day": "d.day",
        "week": "CAST(date_trunc('week', d.day) AS date)",
        "month": "CAST(date_trunc('month', d.day) AS date)",
    },
    "sqlite": {
        "day": "d.day",
        # Six days back, and on to the next Monday.
        "week": "date(d.day, '-6 days', 'weekday 1')",
        "month": "date(d.day, 'start of month')",
    },
}
#: The column of what a report is broken down by, until it gets its name.
BY = "by_what"
_MARK = "/* by */"
#: A join that only a breakdown needs.
_JOIN = re.compile(r"/\* by (JOIN [^*]+) \*/")


@dataclass(slots=True)
class Statement:
    """A SELECT that is being put together, and its parameters."""

    sql: str
    parameters: dict[str, Any]
    types: dict[str, Any]

    def compiled(self) -> TextClause:
        """The statement, to be executed."""
        known = {name for name in self.parameters if re.search(rf":{name}\b", self.sql)}
        bound = [
            bindparam(name, value, _BOUND.get(name))
            for name, value in self.parameters.items()
            if name in known
        ]
        typed: Any = text(self.sql).bindparams(*bound)
        statement: TextClause = typed.columns(**self.types)
        return statement


def on_runs(report: Report) -> ReportError:
    """Why a report cannot be restricted to some documents."""
    return ReportError(
        f"the report {report.name} is on runs, not on documents: it takes no --since, --until and "
        "--where"
    )


def not_broken_down(report: Report) -> ReportError:
    """Why a report cannot be broken down."""
    return ReportError(
        f"the report {report.name} takes no --by; triage report sentiment does, and others that "
        "count documents"
    )


def make_statement(connection: Connection, report: Report, options: ReportOptions) -> Statement:
    """The SELECT of a report, not yet sorted, restricted to what is asked for.

    Raises:
        ReportError: If the report does not have what is asked for.
    """
    dialect = connection.dialect.name
    on_documents = bool(needed_views(report.sql))
    if options.is_restricted and not on_documents:
        raise on_runs(report)
    types = {name: KINDS[kind] for name, kind in report.kinds.items()}
    made = Statement(report.sql, {"run_id": options.run_id}, TYPED_COLUMNS | types)
    if options.by is not None:
        _break_down(made, report, options.by, dialect)
    of_run = options.run_id is not None
    made.sql = _JOIN.sub("", made.sql).replace(_MARK, "")
    made.sql = write_out(made.sql, dialect, of_run)
    whole = _is_in_rollups(report.sql, options.by)
    has_all = on_documents and _tables_have_all(connection)
    if on_documents and (of_run or options.is_restricted or not whole):
        made.sql = restricted(made.sql, report.sql, options, dialect, has_all)
        made.parameters.update(parameters_of(options))
    elif has_all:
        made.sql = from_tables(made.sql)
    return made


def _tables_have_all(connection: Connection) -> bool:
    """Whether the tables of rollups may be read in place of their views, which SQLite takes three
    times as long for: nothing is stale. Its transactions see what was there when they began;
    PostgreSQL's would see what becomes stale until the next statement.
    """
    if connection.dialect.name != "sqlite":
        return False
    return not connection.exec_driver_sql(f"SELECT {ANY_STALE}").scalar_one()


def _is_in_rollups(sql: str, by: str | None) -> bool:
    """Whether rollups have what a report is broken down by: no metadata, and of answers nothing."""
    if by is None:
        return True
    return not by.startswith("metadata.") and not reads(sql, ["current_answers"])


def _break_down(made: Statement, report: Report, by: str, dialect: str) -> None:
    """Add a column, and group by it: a report says where by `/* by */`."""
    if _MARK not in made.sql:
        raise not_broken_down(report)
    if by in report.key:
        raise ReportError(f"the report {report.name} is by {by} already")
    if by in _BY_TIME[dialect]:
        wanted = _BY_TIME[dialect][by]
        made.types[BY] = Date()
    elif by in _BY_COLUMNS:
        wanted = f"d.{by}"
    elif by.startswith("metadata.") and by != "metadata.":
        wanted, parameters = metadata_key(by.removeprefix("metadata."), dialect)
        made.parameters.update(parameters)
    else:
        raise ReportError(
            f"--by must be day, week, month, {', '.join(_BY_COLUMNS)}, or metadata.KEY"
        )
    made.sql = _JOIN.sub(r"\1", made.sql)
    made.sql = made.sql.replace(_MARK, f"{wanted} AS {BY},", 1).replace(_MARK, f"{BY},")
    # Within a window there are no names of columns yet.
    made.sql = re.sub(rf"(PARTITION BY ){BY},", rf"\1{wanted},", made.sql)
