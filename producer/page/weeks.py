"""How much was written each week, how it was classified and rated, and some texts of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from producer.page.texts import TextIndex
from schema.questions import Scope
from schema.questions.satisfaction import SatisfactionPoint, read_satisfaction
from schema.questions.scope import select_rows

#: Points that a chart shows at the most; with more weeks than that it shows months.
MOST_POINTS = 80
#: Points, the newest, whose texts can be opened, and how many of each colour.
OPENED_POINTS, TEXTS = 40, 5
#: Texts of each colour behind the figures of the headline.
HEADLINE_TEXTS = 10
#: What a bar is made of, from the bottom.
SIDES = ("negative", "neutral", "positive", "unsure")

_SQL = f"""
SELECT by_what, side, id FROM (
    SELECT /* by */ d.id AS id, COALESCE(d.polarity, 'unsure') AS side, ROW_NUMBER() OVER (
        PARTITION BY /* by */ COALESCE(d.polarity, 'unsure') ORDER BY d.time DESC, d.id DESC
    ) AS place
    FROM v_documents AS d
    WHERE d.day IS NOT NULL
) AS ranked
WHERE place <= {HEADLINE_TEXTS}
ORDER BY by_what DESC, place
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
    found: dict[tuple[date, str], list[int]] = {}
    newest: dict[str, list[int]] = {side: [] for side in SIDES}
    for start, side, document in select_rows(connection, _SQL, scope, by=step):
        found.setdefault((start, side), []).append(document)
        newest[side].append(document)
    keys = {}
    for point in points[-OPENED_POINTS:]:
        for side in SIDES:
            total = side_count(point, side)
            title = f"{step} of {point.start}, {named(side)}"
            ids = found.get((point.start, side), [])[:TEXTS]
            keys[point.start, side] = index.add(f"t{point.start}{side[:3]}", title, total, ids)
    for side, ids in newest.items():
        count = sum(side_count(point, side) for point in points)
        index.add(f"all-{side}", f"All documents {named(side)}", count, ids[:HEADLINE_TEXTS])
    analysed = sum(point.counts.analysed for point in points)
    all_of_them = analysed == sum(point.counts.documents for point in points)
    return Timeline(step, points, keys, {} if all_of_them else {"unsure": "unsure or not analysed"})


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
