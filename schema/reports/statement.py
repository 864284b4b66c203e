"""From a report and what is asked for to one SELECT, for either database.

A report on documents reads views. Where only some documents, or one run, are asked for, common
table expressions of the same names stand in front of it, which have these alone: so every report
can be restricted, a user's own too, and none says how.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Date, Integer, TextClause, bindparam, text

from schema.database.types import UtcDateTime
from schema.reports.errors import ReportError
from schema.reports.options import ReportOptions
from schema.reports.report import Report
from schema.views import VIEWS, bodies
from schema.views.dialect import write_out
from schema.views.rollup import ROLLUPS
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
#: Columns of documents that a condition names, and those that a document's rollup has.
_COLUMN = re.compile(r"\bd\.(\w+)")
_IN_ROLLUP = frozenset(ROLLUPS[0].columns)
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
    views = _needed(report.sql)
    if options.is_restricted and not views:
        raise on_runs(report)
    types = {name: KINDS[kind] for name, kind in report.kinds.items()}
    made = Statement(report.sql, {"run_id": options.run_id}, TYPED_COLUMNS | types)
    if options.by is not None:
        _break_down(made, report, options.by, dialect)
    of_run = options.run_id is not None
    made.sql = _JOIN.sub("", made.sql).replace(_MARK, "")
    made.sql = write_out(made.sql, dialect, of_run)
    whole = _is_in_rollups(report.sql, options.by)
    if views and (of_run or options.is_restricted or not whole):
        _restrict(made, report.sql, options, dialect)
    return made


_BODIES = bodies(plain=True)
_VIEWS = {view.name: view for view in VIEWS}


def _needed(sql: str, there: Mapping[str, str] = _BODIES) -> list[str]:
    """The views that a SELECT reads, and those that they read, in the order of who reads whom."""
    wanted: set[str] = set()
    for name in reversed(there):
        if _reads(" ".join([sql, *(there[other] for other in wanted)]), [name]):
            wanted.add(name)
    return [name for name in there if name in wanted]


def _reads(sql: str, names: Iterable[str]) -> bool:
    return re.search(rf"\b({'|'.join(names)})\b", sql) is not None


def _is_in_rollups(sql: str, by: str | None) -> bool:
    """Whether rollups have what a report is broken down by: no metadata, and of answers nothing."""
    if by is None:
        return True
    return not by.startswith("metadata.") and not _reads(sql, ["current_answers"])


def _restrict(made: Statement, sql: str, options: ReportOptions, dialect: str) -> None:
    """Put views of the documents that are asked for in front of a SELECT.

    Args:
        made: The SELECT.
        sql: It, as the report has it.
        options: Which documents.
        dialect: `sqlite` or `postgresql`.
    """
    there = dict(_BODIES)
    conditions = " AND ".join(_conditions(made, options)) or "1 = 1"
    chosen = "v_documents"
    if options.run_id is None and set(_COLUMN.findall(conditions)) <= _IN_ROLLUP:
        # A document's rollup has all that it takes to choose it.
        chosen = "current_documents"
        there[chosen] = _of_rollup(conditions, options, dialect)
    views = _needed(sql, there)
    if any(_is_apart(there[name]) for name in views if name != chosen):
        views = [chosen, *(name for name in views if name != chosen)]
    tables = []
    for name in views:
        body = write_out(there[name], dialect, options.run_id is not None)
        if name == "v_documents":
            body = f"SELECT d.* FROM (\n{body}\n) AS d WHERE {conditions}"
        elif name != chosen and _is_apart(body):
            if name in _VIEWS and "document_id" not in _VIEWS[name].types:
                raise ReportError(
                    f"{name} is counted of all documents: it takes no --run, --since, --until "
                    "and --where; triage rising does"
                )
            body = f"SELECT x.* FROM (\n{body}\n) AS x\nWHERE x.document_id IN (SELECT id FROM {chosen})"
        tables.append(f"{name} AS NOT MATERIALIZED (\n{body}\n)")
    made.sql = _with_tables(tables, made.sql)


def _is_apart(body: str) -> bool:
    """Whether a view reads no other one, so that nothing in it is restricted yet."""
    return not _reads(body, _BODIES)


def _of_rollup(conditions: str, options: ReportOptions, dialect: str) -> str:
    """A SELECT of rollups of the documents that are asked for, with their metadata if need be."""
    # SQLite takes a view for its own common table expression, unless it is said where it is.
    view = "main.current_documents" if dialect == "sqlite" else "current_documents"
    if options.by is None or not options.by.startswith("metadata."):
        return f"SELECT d.* FROM {view} AS d WHERE {conditions}"
    return (
        f"SELECT d.*, v.metadata AS metadata FROM {view} AS d\n"
        f"JOIN document_versions AS v ON v.id = d.id WHERE {conditions}"
    )


def _with_tables(tables: Sequence[str], sql: str) -> str:
    """Common table expressions in front of a SELECT, which may have some of its own."""
    # What comments at its head say is said already.
    select = re.sub(r"\A(\s*--[^\n]*\n)*\s*", "", sql)
    own = re.match(r"WITH\s", select, re.IGNORECASE)
    rest = f",\n{select[own.end() :]}" if own else f"\n{select}"
    return f"WITH {', '.join(tables)}{rest}"


def _conditions(made: Statement, options: ReportOptions) -> list[str]:
    conditions = []
    for name, sign, moment in (
        ("since", ">=", options.period.since),
        ("until", "<", options.period.until),
    ):
        if moment is not None:
            conditions.append(f"d.time {sign} :{name}")
            made.parameters[name] = moment
    if options.run_id is not None:
        of_run = "SELECT document_id FROM run_documents WHERE run_id = :run_id"
        conditions.append(f"d.id IN ({of_run})")
    for condition in options.where:
        conditions.append(f"({condition.sql})")
        made.parameters.update(condition.parameters)
    return conditions


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
        wanted = _metadata(made, by.removeprefix("metadata."), dialect)
    else:
        raise ReportError(
            f"--by must be day, week, month, {', '.join(_BY_COLUMNS)}, or metadata.KEY"
        )
    made.sql = _JOIN.sub(r"\1", made.sql)
    made.sql = made.sql.replace(_MARK, f"{wanted} AS {BY},", 1).replace(_MARK, f"{BY},")
    # Within a window there are no names of columns yet.
    made.sql = re.sub(rf"(PARTITION BY ){BY},", rf"\1{wanted},", made.sql)


def _metadata(made: Statement, key: str, dialect: str) -> str:
    """What the metadata have under a key: one of this name, else one that dots lead to."""
    found = []
    for number, path in enumerate(([key], key.split("."))):
        name = f"by_path_{number}"
        if dialect == "postgresql":
            made.parameters[name] = path
            found.append(f"d.metadata #>> CAST(:{name} AS text[])")
            continue
        if '"' in key:
            raise ReportError("--by cannot have a quotation mark in a key on SQLite")
        made.parameters[name] = "$" + "".join(
            f".{json.dumps(part, ensure_ascii=False)}" for part in path
        )
        found.append(
            f"CASE json_type(d.metadata, :{name}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'"
            f" ELSE CAST(json_extract(d.metadata, :{name}) AS TEXT) END"
        )
    return f"COALESCE({', '.join(found)})"
