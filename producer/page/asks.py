"""What customers ask for, by theme: requests, as intent has them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from schema.insights import Interval
from schema.questions import Scope
from schema.questions.figures import Share
from schema.reports import ReportOptions, find_report, run_report
from schema.results.intent import IntentRow

#: Requests that are shown: those of most texts.
SHOWN = 8
#: Quotes of each.
QUOTES = 2


@dataclass(frozen=True, slots=True)
class AskFacts:
    """Something that is asked for.

    Attributes:
        texts: Different texts that ask for it, of all that ask for anything.
        documents: With copies.
    """

    name: str
    texts: Share
    documents: int
    quotes: list[str]


@dataclass(frozen=True, slots=True)
class AsksFacts:
    """What is asked for most; `found` is how much there is, shown or not."""

    shown: list[AskFacts]
    found: int


def read_asks(connection: Connection, scope: Scope) -> AsksFacts | None:
    """Read it; None if intent was not analysed, or nobody asks for anything."""
    if connection.execute(select(IntentRow.document_id).limit(1)).first() is None:
        return None
    options = ReportOptions(run_id=scope.run_id, period=scope.period, where=scope.where)
    found = run_report(connection, find_report("asks"), options)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    if not rows:
        return None
    shown = []
    for row in rows[:SHOWN]:
        low, high, share = (
            float(str(row[name])) / 100 for name in ("low_percent", "high_percent", "percent")
        )
        texts = int(str(row["texts"]))
        total = round(texts / share) if share else 0
        quotes = str(row["quotes"] or "").split("\n")[:QUOTES]
        share_of = Share(texts, total, share, Interval(low, high))
        shown.append(AskFacts(str(row["asked_for"]), share_of, int(str(row["documents"])), quotes))
    return AsksFacts(shown, len(rows))
