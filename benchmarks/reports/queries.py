"""What is asked of the database: every named report, and a typical query of each view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from producer.digest.digest import read_digest
from producer.digest.request import DigestRequest
from schema.questions import Scope
from schema.questions.before_after import read_before_after
from schema.questions.complaints import read_complaints
from schema.questions.drivers import read_drivers
from schema.questions.headline import read_headline
from schema.questions.rising import read_rising
from schema.questions.satisfaction import read_satisfaction
from schema.questions.segments import read_segments
from schema.questions.trust import read_trust
from schema.reports import (
    Condition,
    Period,
    ReportOptions,
    find_report,
    reports,
    run_report,
)

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

ALL = ReportOptions()
#: Behind the year of which the documents are; and a day in it, at which something changed.
NOW = datetime(2027, 1, 4, tzinfo=UTC)
_CHANGED = datetime(2026, 10, 1, tzinfo=UTC)
#: What named reports are restricted to, or broken down by, by what is said of it: the second half
#: of the year, a run with six in ten of all documents, one of 40 products, a key of the metadata.
RESTRICTED = {
    "--since": ReportOptions(period=Period(datetime(2026, 7, 1, tzinfo=UTC), None)),
    "--run 1": ReportOptions(run_id=1),
    "--where product": ReportOptions(
        where=(Condition("d.product = :product", {"product": "Product 7"}),)
    ),
    "--by metadata.plan": ReportOptions(by="metadata.plan"),
}
#: The last week of the year.
_WEEK = ReportOptions(
    period=Period(datetime(2026, 12, 25, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
)
#: Reports that are asked for with each of them.
_RESTRICTED_REPORTS = ("answers", "entities-in-negative", "sentiment", "sentiment-by-product")

Query = Callable[[Connection], list[Any]]


def queries() -> Iterator[tuple[str, Query]]:
    """Each query with its name."""
    for report in reports():
        yield report.name, partial(run_named, name=report.name)
    for name, statement in VIEW_QUERIES.items():
        yield name, partial(_run_plain, sql=statement)


def restricted_queries() -> Iterator[tuple[str, Query]]:
    """Named reports on some of the documents, each with its name."""
    for said, options in RESTRICTED.items():
        for name in _RESTRICTED_REPORTS:
            if options.by is None or "/* by */" in find_report(name).sql:
                yield f"{name} {said}", partial(run_named, name=name, options=options)
    yield "urgent --since a week", partial(run_named, name="urgent", options=_WEEK)


def question_queries() -> Iterator[tuple[str, Query]]:
    """What commands on questions read, each with its name; rows are not counted."""
    scope = Scope()
    yield "triage headline", lambda connection: [read_headline(connection, scope)]
    yield "triage satisfaction", lambda connection: read_satisfaction(connection, scope)
    yield "triage segments", lambda connection: [read_segments(connection, scope, "product")]
    by_plan = "metadata.plan"
    yield (
        "triage segments --by metadata.plan",
        lambda connection: [read_segments(connection, scope, by_plan)],
    )
    yield "triage before-after", lambda connection: read_before_after(connection, scope, _CHANGED)
    yield "triage complaints", lambda connection: [read_complaints(connection, scope)]
    yield "triage drivers", lambda connection: [read_drivers(connection, scope)]
    yield "triage rising", lambda connection: [read_rising(connection, scope)]
    yield "triage trust", lambda connection: [read_trust(connection, scope)]
    week = Scope(_WEEK.period)
    yield (
        "triage digest of a week",
        lambda connection: [read_digest(DigestRequest(connection, week, NOW))],
    )


def run_named(connection: Connection, name: str, options: ReportOptions = ALL) -> list[Any]:
    """The rows of a named report that a terminal shows."""
    shown = replace(options, limit=SHOWN)
    return list(run_report(connection, find_report(name), shown).rows)


def _run_plain(connection: Connection, sql: str) -> list[Any]:
    return list(connection.execute(text(sql)))


def reads_rollups(name: str) -> bool:
    """Whether a query reads rollups, so that it may be asked what it takes without."""
    sql = VIEW_QUERIES[name] if name in VIEW_QUERIES else find_report(name).sql
    return any(view in sql for view in ("current_", "v_daily", "v_entities"))
