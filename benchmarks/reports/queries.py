"""What is asked of the database: every named report, and a typical query of each view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from schema.reports import ReportOptions, find_report, reports, run_report

#: Rows that `triage report` shows on a terminal, and one more that tells whether there are more.
SHOWN = 41

#: By what it is: a query as an analyst or a page would write it.
VIEW_QUERIES = {
    "v_documents of a product and a week": (
        "SELECT id, time, polarity, score, text FROM v_documents WHERE product = 'Product 7' "
        "AND time >= '2026-10-05' AND time < '2026-10-12' ORDER BY time LIMIT 50"
    ),
    "v_daily, a month": (
        "SELECT day, SUM(documents), SUM(negative) FROM v_daily "
        "WHERE day >= '2026-10-01' AND day < '2026-11-01' GROUP BY day ORDER BY day"
    ),
    "v_daily, all of it": "SELECT * FROM v_daily",
    "v_entities, top 20": "SELECT * FROM v_entities ORDER BY documents DESC, entity LIMIT 20",
    "v_mentions of an entity": (
        "SELECT document_id, excerpt FROM v_mentions WHERE mention = 'Name 7310' LIMIT 20"
    ),
    "v_answers, newest 50": (
        "SELECT document_id, question, answer FROM v_answers ORDER BY document_id DESC LIMIT 50"
    ),
    "v_results_current of a document": (
        "SELECT analysis, run, model FROM v_results_current WHERE document_id = 702"
    ),
}

Query = Callable[[Connection], list[Any]]


def queries() -> Iterator[tuple[str, Query]]:
    """Each query with its name."""
    for report in reports():
        yield report.name, partial(run_named, name=report.name)
    for name, statement in VIEW_QUERIES.items():
        yield name, partial(_run_plain, sql=statement)


def run_named(connection: Connection, name: str) -> list[Any]:
    """The rows of a named report."""
    return list(run_report(connection, find_report(name), ReportOptions(limit=SHOWN)).rows)


def _run_plain(connection: Connection, sql: str) -> list[Any]:
    return list(connection.execute(text(sql)))


def reads_rollups(name: str) -> bool:
    """Whether a query reads rollups, so that it may be asked what it takes without."""
    sql = VIEW_QUERIES[name] if name in VIEW_QUERIES else find_report(name).sql
    return any(view in sql for view in ("current_", "v_daily", "v_entities"))
