"""What cannot wait: how many, and whether that is more than before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from producer.digest.item import Item, nearest_to_none
from producer.digest.request import DigestRequest
from producer.page import numbers
from schema.insights.count_change import count_change
from schema.insights.count_interval import count_interval
from schema.questions import Scope
from schema.reports import ReportOptions, find_report, run_report

#: What an urgent document counts beside one that is negative.
WEIGHT = 3


@dataclass(frozen=True, slots=True)
class UrgentCount:
    """How many documents are urgent.

    Attributes:
        now: In the period, copies as one.
        before: In the period before.
        documents: Ids of the most urgent ones.
    """

    now: int
    before: int
    documents: tuple[int, ...]


def read_urgent_count(request: DigestRequest) -> UrgentCount:
    """Count them."""
    previous = replace(request.scope, period=request.scope.period.previous(request.now))
    now = _documents(request, request.scope)
    return UrgentCount(len(now), len(_documents(request, previous)), tuple(now[:10]))


def _documents(request: DigestRequest, scope: Scope) -> list[int]:
    options = ReportOptions(run_id=scope.run_id, period=scope.period, where=scope.where)
    found = run_report(request.connection, find_report("urgent"), options)
    place = found.columns.index("document")
    return [int(str(row[place])) for row in found.rows]


def urgent_items(request: DigestRequest, urgent: UrgentCount) -> Iterator[Item]:
    """More, or less, that cannot wait than in the period before."""
    low, high = count_interval(urgent.now)
    if urgent.before:
        changed = count_change(urgent.now, urgent.before)
        assert changed is not None
        sure = nearest_to_none(*changed.interval) * urgent.before
        ends = numbers.signed_range(changed.interval, 100)
        figure = f"{numbers.signed(100 * changed.change)} % ({ends})"
    else:
        # Of nothing before, one or two are no change yet.
        sure = max(0.0, low - 1)
        figure = f"{urgent.now} texts ({numbers.count(low)} to {numbers.count(high)})"
    if sure > 0:
        worse = urgent.now > urgent.before
        yield Item(
            label="Urgent",
            said="More cannot wait" if worse else "Less is urgent",
            figure=figure,
            why=f"{urgent.now} texts by the rules; {urgent.before} in the {request.days} days "
            "before",
            mood="bad" if worse else "good",
            documents=WEIGHT * sure,
            command=f"triage urgent --since {request.first}",
            key="urgent",
            examples=urgent.documents,
        )
