"""How much each theme is talked about, week by week, without gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from schema.questions.scope import Scope, select_rows
from schema.questions.themes import MEMBERS, READ, ThemeNames
from schema.tables import ThemeWeek


@dataclass(frozen=True, slots=True)
class ThemeWeeks:
    """Counts of different texts.

    Attributes:
        weeks: Mondays (UTC) from the first week in which somebody wrote to the last, without gaps.
        volume: Texts of each week, in whichever theme or none.
        texts: By id of the theme its texts of each week.
    """

    weeks: list[date]
    volume: list[int]
    texts: dict[int, list[int]]


_COUNTS = f"""
SELECT /* by */ m.theme_id AS theme_id, COUNT(DISTINCT m.copy_key) AS texts
FROM v_documents AS d JOIN {MEMBERS} AS m ON m.document_id = d.id
WHERE d.day IS NOT NULL
GROUP BY /* by */ m.theme_id
"""
_VOLUMES = f"""
SELECT /* by */ COUNT(DISTINCT m.copy_key) AS texts
FROM v_documents AS d JOIN {READ} AS m ON m.document_id = d.id
WHERE d.day IS NOT NULL
GROUP BY /* by */ d.day IS NULL
"""


def read_theme_weeks(connection: Connection, scope: Scope, names: ThemeNames) -> ThemeWeeks:
    """Read the counts of the themes that are in lists."""
    counts, volumes = _stored(connection, names) if scope.is_everything else ([], {})
    if not volumes:
        counts, volumes = _counted(connection, scope, names)
    if not volumes:
        return ThemeWeeks([], [], {theme: [] for theme in names.by_id})
    first, last = min(volumes), max(volumes)
    weeks = [first + timedelta(days=7 * step) for step in range((last - first).days // 7 + 1)]
    place = {week: index for index, week in enumerate(weeks)}
    texts = {theme: [0] * len(weeks) for theme in names.by_id}
    for theme, week, count in counts:
        if theme in texts:
            texts[theme][place[week]] = count
    return ThemeWeeks(weeks, [volumes.get(week, 0) for week in weeks], texts)


def _stored(connection: Connection, names: ThemeNames) -> tuple[list[Any], dict[date, int]]:
    """What `triage themes` has counted of all documents."""
    table = ThemeWeek.__table__.c
    statement = select(table.theme_id, table.week, table.texts, table.volume)
    rows = connection.execute(statement.where(table.set_id == names.set_id)).all()
    return [tuple(row[:3]) for row in rows], {row.week: row.volume for row in rows}


def _counted(
    connection: Connection, scope: Scope, names: ThemeNames
) -> tuple[list[Any], dict[date, int]]:
    """What is to be counted, where only some documents are asked about."""
    counts = select_rows(connection, _COUNTS, scope, by="week", set_id=names.set_id)
    volumes = select_rows(connection, _VOLUMES, scope, by="week", set_id=names.set_id)
    return [(row.theme_id, row.by_what, row.texts) for row in counts], {
        row.by_what: row.texts for row in volumes
    }
