"""Whom to call today: the most urgent of the newest feedback, with reasons and quotes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, select

from producer.page.recent import DAYS
from producer.page.texts import TextIndex
from schema.questions import Scope
from schema.questions.headline import Headline
from schema.reports import Period, ReportOptions, find_report, run_report
from schema.tables import DocumentRow

#: Documents that are shown.
SHOWN = 12
#: Characters of a text without a quote that are shown in its place.
BEGIN = 160


@dataclass(frozen=True, slots=True)
class UrgentFacts:
    """A document that cannot wait.

    Attributes:
        document: Its id.
        name: How it was delivered; else its id.
        urgency: The higher the sooner.
        reasons: Why, in words.
        quotes: Where it says so; where it is a model that says so, how the text begins.
        copies: How many documents say the same.
        key: Of its text.
    """

    document: int
    name: str
    time: datetime | None
    product: str | None
    urgency: float
    reasons: str
    quotes: list[str]
    copies: int
    key: str


@dataclass(frozen=True, slots=True)
class UrgentList:
    """The most urgent ones first.

    Attributes:
        since: What was written from this day on is looked at; None for all.
    """

    since: date | None
    rows: list[UrgentFacts]


def read_urgent(
    connection: Connection, scope: Scope, index: TextIndex, whole: Headline
) -> UrgentList | None:
    """Read them, of the scope's period, else of its last `DAYS` days; None of no documents.

    What is older than that nobody waits for any more, and to read a million texts takes minutes.
    """
    if not whole.counts.documents:
        return None
    since = scope.period.since
    if since is None and whole.last is not None:
        midnight = datetime.combine(whole.last + timedelta(days=1), time(), UTC)
        since = midnight - timedelta(days=DAYS)
        scope = replace(scope, period=Period(since, scope.period.until))
    options = ReportOptions(
        run_id=scope.run_id, period=scope.period, where=scope.where, limit=SHOWN
    )
    found = run_report(connection, find_report("urgent"), options)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    first = None if since is None else since.date()
    # What a model alone says of a text has no quote in the report.
    silent = [int(str(row["document"])) for row in rows if not row["quotes"]]
    begins = connection.execute(
        select(DocumentRow.id, DocumentRow.text).filter(DocumentRow.id.in_(silent))
    )
    said = {number: _begin(text) for number, text in begins}
    return UrgentList(first, [_facts(row, index, said) for row in rows])


def _facts(row: dict[str, Any], index: TextIndex, said: Mapping[int, str]) -> UrgentFacts:
    document = int(row["document"])
    name = row["external_id"] or f"document {document}"
    return UrgentFacts(
        document=document,
        name=name,
        time=row["time"],
        product=row["product"],
        urgency=float(row["urgency"]),
        reasons=row["reasons"],
        quotes=[_quote(one) for one in str(row["quotes"] or "").split("\n") if one]
        or [said[document]],
        copies=int(row["copies"]),
        key=index.add(f"urgent{document}", name, 1, [document]),
    )


def _begin(text: str) -> str:
    said = " ".join(text[: 2 * BEGIN].split())
    return said if len(said) <= BEGIN else f"{said[:BEGIN]} …"


def _quote(said: str) -> str:
    """A quote of the report without the rule and the place that stand before it."""
    return said.partition(": ")[2] or said
