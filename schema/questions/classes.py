"""How many documents have which label: of analyses of the user's own, and of `intent`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from schema.catalog.own_labels import NONE
from schema.intents import NO_INTENT
from schema.questions.figures import Change, Share, share_change
from schema.questions.scope import Scope, select_rows
from schema.reports import Period
from schema.results.intent import IntentRow

#: What a document is given that has no label.
WITHOUT = (NONE, NO_INTENT)


@dataclass(frozen=True, slots=True)
class ClassFigure:
    """A label.

    Attributes:
        share: Of all documents whose first label is sure, how many have it.
        change: How that differs from the period before; None without such a period.
    """

    label: str
    share: Share
    change: Change | None = None

    @property
    def is_none(self) -> bool:
        """Whether it says that there is no label."""
        return self.label in WITHOUT


@dataclass(frozen=True, slots=True)
class ClassTable:
    """An analysis.

    Attributes:
        analysed: Documents that have a result of it.
        unsure: Of these those of which the model is not sure.
        labels: Those that most documents have first, whatever says that there is none last.
    """

    analysis: str
    analysed: int
    unsure: Share
    labels: Sequence[ClassFigure]

    @property
    def has_several(self) -> bool:
        """Whether some documents have several labels."""
        return sum(one.share.count for one in self.labels) > self.analysed - self.unsure.count


_COUNTS = """
SELECT c.analysis AS analysis, c.label AS label,
    CAST(SUM(c.documents) AS BIGINT) AS documents, CAST(SUM(c.analysed) AS BIGINT) AS analysed,
    CAST(SUM(c.sure) AS BIGINT) AS sure
FROM current_classes AS c
WHERE {days}
GROUP BY c.analysis, c.label
"""


def read_classes(
    connection: Connection, scope: Scope, recent: Period | None = None
) -> list[ClassTable]:
    """Read them, one table for each analysis: the user's own by name, then intents.

    Args:
        connection: Open.
        scope: Which documents.
        recent: The period that changes are told of, with as many days before it; None for no
            changes.
    """
    tables = _tables(_counted(connection, scope))
    if recent is None or recent.since is None or recent.until is None:
        return tables
    now = _by_label(_counted(connection, replace(scope, period=recent)))
    before = replace(scope, period=recent.previous(recent.until))
    past = _by_label(_counted(connection, before))
    return [
        replace(one, labels=[_changed(one.analysis, label, now, past) for label in one.labels])
        for one in tables
    ]


def _counted(connection: Connection, scope: Scope) -> Sequence[Any]:
    """The rows: of whole days from what is counted beforehand, else document by document."""
    ends = {"since": scope.period.since, "until": scope.period.until}
    plain = scope.where or scope.run_id is not None
    whole = all(one is None or one.time().isoformat() == "00:00:00" for one in ends.values())
    if plain or not whole:
        return select_rows(connection, _COUNTS.format(days="1 = 1"), scope)
    given = {name: one.date() for name, one in ends.items() if one is not None}
    signs = {"since": ">=", "until": "<"}
    days = " AND ".join(f"c.day {signs[name]} '{one}'" for name, one in given.items())
    return select_rows(connection, _COUNTS.format(days=days or "1 = 1"), Scope())


def _tables(rows: Sequence[Any]) -> list[ClassTable]:
    shares = _by_label(rows)
    found = []
    names = {row.analysis for row in rows}
    for analysis in sorted(names, key=lambda one: (one == IntentRow.analysis, one)):
        own = [row for row in rows if row.analysis == analysis]
        analysed = sum(row.analysed for row in own)
        sure = sum(row.sure for row in own)
        labels = [ClassFigure(row.label, shares[analysis, row.label]) for row in own]
        labels.sort(key=lambda one: (one.is_none, -one.share.count, one.label))
        # What nobody surely has is among the unsure.
        shown = [one for one in labels if one.share.count]
        found.append(ClassTable(analysis, analysed, Share.of(analysed - sure, analysed), shown))
    return found


def _by_label(rows: Sequence[Any]) -> dict[tuple[str, str], Share]:
    sure: dict[str, int] = {}
    for row in rows:
        sure[row.analysis] = sure.get(row.analysis, 0) + row.sure
    # Where a text may have several, a label may be surer than the first of another text.
    return {
        (row.analysis, row.label): Share.of(
            min(row.documents, sure[row.analysis]), sure[row.analysis]
        )
        for row in rows
    }


def _changed(
    analysis: str,
    one: ClassFigure,
    now: dict[tuple[str, str], Share],
    past: dict[tuple[str, str], Share],
) -> ClassFigure:
    def share(found: dict[tuple[str, str], Share]) -> Share:
        total = max((s.total for (name, _), s in found.items() if name == analysis), default=0)
        return found.get((analysis, one.label), Share.of(0, total))

    return replace(one, change=share_change(share(now), share(past)))
