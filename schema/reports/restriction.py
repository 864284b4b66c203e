"""Reports on some documents only, or on one run.

A report on documents reads views. Where only some documents, or one run, are asked for, common
table expressions of the same names stand in front of it, which have these alone: so every report
can be restricted, a user's own too, and none says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from schema.reports.errors import ReportError
from schema.reports.options import ReportOptions
from schema.views import VIEWS, bodies
from schema.views.dialect import write_out
from schema.views.rollup import ROLLUPS

_BODIES = bodies(plain=True)
_VIEWS = {view.name: view for view in VIEWS}
#: Columns of documents that a condition names, and those that a document's rollup has.
_COLUMN = re.compile(r"\bd\.(\w+)")
_IN_ROLLUP = frozenset(next(one.columns for one in ROLLUPS if one.name == "current_documents"))
#: What the views of results have of documents; texts are for whoever asks for an excerpt.
_JOINED = {
    "JOIN v_documents AS d ": "JOIN current_documents AS d ",
    "d.translation": "(SELECT w.translation FROM v_documents AS w WHERE w.id = d.id)",
    "d.text": "(SELECT w.text FROM documents AS w WHERE w.id = d.id)",
}


def _beside_rollup(body: str) -> str:
    """A view of results that takes what it has of documents from their rollups. SQLite reads
    results of half of the documents more quickly without.
    """
    for whole, rolled_up in _JOINED.items():
        body = body.replace(whole, rolled_up)
    return body


_OF_RESULTS = ("v_mentions", "v_answers", "v_intents", "v_document_themes")
_BESIDE_ROLLUP = {
    name: _beside_rollup(body) if name in _OF_RESULTS else body for name, body in _BODIES.items()
}


def needed_views(sql: str, there: dict[str, str] = _BODIES) -> list[str]:
    """The views that a SELECT reads, and those that they read, in the order of who reads whom.

    Args:
        sql: The SELECT.
        there: The SELECTs of all views, by name.
    """
    wanted: set[str] = set()
    for name in reversed(there):
        if reads(" ".join([sql, *(there[other] for other in wanted)]), [name]):
            wanted.add(name)
    return [name for name in there if name in wanted]


def reads(sql: str, names: Iterable[str]) -> bool:
    """Whether a SELECT reads one of some views."""
    return re.search(rf"\b({'|'.join(names)})\b", sql) is not None


def from_tables(sql: str) -> str:
    """A SELECT on all documents that reads the tables of rollups and not their views, which have
    the same rows where nothing is stale.
    """
    tables = [one.in_front() for one in ROLLUPS if reads(sql, [one.name])]
    return _with_tables(tables, sql) if tables else sql


def restricted(
    written: str, sql: str, options: ReportOptions, dialect: str, from_table: bool = False
) -> str:
    """A SELECT, with views of the documents that are asked for in front of it.

    Args:
        written: The SELECT, as the database takes it.
        sql: The same, as the report has it.
        options: Which documents.
        dialect: `sqlite` or `postgresql`.
        from_table: Whether to read the table of the rollup of documents and not its view.

    Raises:
        ReportError: If it reads what is counted of all documents only.
    """
    there = _BODIES
    conditions = " AND ".join(_conditions(options)) or "1 = 1"
    chosen = "v_documents"
    if options.run_id is None and set(_COLUMN.findall(conditions)) <= _IN_ROLLUP:
        # A document's rollup has all that it takes to choose it.
        chosen = "current_documents"
        others = _BESIDE_ROLLUP if dialect == "postgresql" else _BODIES
        # In front, since others may read it.
        rest = {name: body for name, body in others.items() if name != chosen}
        there = {chosen: _of_rollup(conditions, options, dialect, from_table), **rest}
    views = needed_views(sql, there)
    if any(_is_alone(there[name]) for name in views if name != chosen):
        views = [chosen, *(name for name in views if name != chosen)]
    tables = []
    for name in views:
        body = write_out(there[name], dialect, options.run_id is not None)
        if name == "v_documents":
            body = f"SELECT d.* FROM (\n{body}\n) AS d WHERE {conditions}"
        elif name != chosen and _is_alone(body):
            if name in _VIEWS and "document_id" not in _VIEWS[name].types:
                raise ReportError(
                    f"{name} is counted of all documents: it takes no --run, --since, --until "
                    "and --where; triage rising does"
                )
            among = f"SELECT id FROM {chosen}"
            body = f"SELECT x.* FROM (\n{body}\n) AS x\nWHERE x.document_id IN ({among})"
        tables.append(f"{name} AS NOT MATERIALIZED (\n{body}\n)")
    return _with_tables(tables, written)


def parameters_of(options: ReportOptions) -> dict[str, Any]:
    """The parameters of what `restricted` puts in front, but for the id of the run."""
    ends = {"since": options.period.since, "until": options.period.until}
    parameters: dict[str, Any] = {name: end for name, end in ends.items() if end is not None}
    for condition in options.where:
        parameters.update(condition.parameters)
    return parameters


def _is_alone(body: str) -> bool:
    """Whether a view reads no other one, so that nothing in it is restricted yet."""
    return not reads(body, _BODIES)


def _of_rollup(conditions: str, options: ReportOptions, dialect: str, from_table: bool) -> str:
    """A SELECT of rollups of the documents that are asked for, with their metadata if need be."""
    # SQLite takes a view for its own common table expression, unless it is said where it is.
    view = "main.current_documents" if dialect == "sqlite" else "current_documents"
    view = f"({ROLLUPS[0].stored})" if from_table else view
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


def _conditions(options: ReportOptions) -> list[str]:
    ends = (("since", ">=", options.period.since), ("until", "<", options.period.until))
    conditions = [f"d.time {sign} :{name}" for name, sign, end in ends if end is not None]
    if options.run_id is not None:
        of_run = "SELECT document_id FROM run_documents WHERE run_id = :run_id"
        conditions.append(f"d.id IN ({of_run})")
    return [*conditions, *(f"({condition.sql})" for condition in options.where)]
