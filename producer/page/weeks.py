"""How much was written each week, how it was classified and rated, and some texts of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from producer.page.texts import TextIndex
from schema.questions import Scope
from schema.questions.satisfaction import SatisfactionPoint, read_satisfaction
from schema.questions.scope import select_rows
from schema.reports import Period

#: Points that a chart shows at the most; with more weeks than that it shows months.
MOST_POINTS = 80
#: Points, the newest, whose texts can be opened, and how many of each colour.
OPENED_POINTS, TEXTS = 40, 5
#: Texts of each colour behind the figures of the headline.
HEADLINE_TEXTS = 10
#: What a bar is made of, from the bottom.
SIDES = ("negative", "neutral", "positive", "unsure")
_DAY = timedelta(days=1)

_SQL = f"""
SELECT side, id FROM (
    SELECT d.id AS id, COALESCE(d.polarity, 'unsure') AS side, ROW_NUMBER() OVER (
        PARTITION BY COALESCE(d.polarity, 'unsure') ORDER BY d.time DESC, d.id DESC
    ) AS place
    FROM current_documents AS d
) AS ranked
WHERE place <= {HEADLINE_TEXTS}
ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Points of a chart.

    Attributes:
        step: `week` or `month`.
        points: In the order of time.
        keys: By first day and side the key of its texts.
        side_names: How sides are called that are not called as they are.
    """

    step: str
    points: list[SatisfactionPoint]
    keys: dict[tuple[date, str], str]
    side_names: dict[str, str]


def read_timeline(connection: Connection, scope: Scope, index: TextIndex) -> Timeline | None:
    """Read it; None where no document has a time."""
    step = "week"
    points = read_satisfaction(connection, scope, step)
    if len(points) > MOST_POINTS:
        step = "month"
        points = read_satisfaction(connection, scope, step)
    if not points:
        return None
    newest: dict[str, list[int]] = {side: [] for side in SIDES}
    keys = {}
    for point in reversed(points[-OPENED_POINTS:]):
        for side, ids in _newest(connection, _within(scope, point.start, step), point).items():
            newest[side] += ids
            total = side_count(point, side)
            title = f"{step} of {point.start}, {named(side)}"
            key = f"t{point.start}{side[:3]}"
            keys[point.start, side] = index.add(key, title, total, ids[:TEXTS])
    for side, ids in newest.items():
        count = sum(side_count(point, side) for point in points)
        index.add(f"all-{side}", f"All documents {named(side)}", count, ids[:HEADLINE_TEXTS])
    analysed = sum(point.counts.analysed for point in points)
    all_of_them = analysed == sum(point.counts.documents for point in points)
    return Timeline(step, points, keys, {} if all_of_them else {"unsure": "unsure or not analysed"})


def _newest(connection: Connection, scope: Scope, point: SatisfactionPoint) -> dict[str, list[int]]:
    """The newest documents of a point by their sides. Of much feedback the last day of a week has
    enough of them, and the others need not be read.
    """
    end = scope.period.until
    assert end is not None
    last_day = replace(scope, period=Period(_later(scope.period.since, end - _DAY), end))
    found: dict[str, list[int]] = {}
    for part in (last_day, scope):
        found = {side: [] for side in SIDES}
        for side, document in select_rows(connection, _SQL, part):
            found[side].append(document)
        wanted = {side: min(HEADLINE_TEXTS, side_count(point, side)) for side in SIDES}
        if all(len(found[side]) >= wanted[side] for side in SIDES):
            break
    return found


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _within(scope: Scope, start: date, step: str) -> Scope:
    """The scope's documents of a week or a month."""
    longest = timedelta(days=7 if step == "week" else 31)
    end = start + longest if step == "week" else (start + longest).replace(day=1)
    since, until = (datetime.combine(day, time(), UTC) for day in (start, end))
    period = scope.period
    return replace(
        scope,
        period=Period(
            _later(period.since, since),
            until if period.until is None else min(until, period.until),
        ),
    )


def named(side: str) -> str:
    """How a side is called in a title."""
    return "the model is unsure of" if side == "unsure" else f"classified as {side}"


def side_count(point: SatisfactionPoint, side: str) -> int:
    """How many documents of a point are on a side; `unsure` has those without polarity, too."""
    counts = point.counts
    known: dict[str, int] = {
        "negative": counts.negative.count,
        "neutral": counts.neutral.count,
        "positive": counts.positive.count,
    }
    return known[side] if side in known else counts.documents - sum(known.values())
