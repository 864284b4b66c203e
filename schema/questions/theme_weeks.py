"""How much each theme is talked about, week by week, without gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from schema.questions.scope import Scope
from schema.questions.themed_documents import ThemedDocuments, read_themed_documents
from schema.questions.themes import ThemeNames
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


_SECONDS_A_DAY = 86_400
#: The first day that is counted from, 1970-01-01, was so many days behind a Monday.
_THURSDAY = 3


def read_theme_weeks(
    connection: Connection,
    scope: Scope,
    names: ThemeNames,
    stored: bool = False,
    documents: ThemedDocuments | None = None,
) -> ThemeWeeks:
    """Read the counts of the themes that are in lists.

    Args:
        connection: Open.
        scope: Which documents.
        names: The themes.
        stored: Whether to take what `triage themes` has counted, whatever the scope; it is taken
            for a scope of all documents as well.
        documents: Those of the scope, where they have been read already.
    """
    if stored or scope.is_everything:
        counts, volumes = _stored(connection, names)
    else:
        counts, volumes = _counted(documents or read_themed_documents(connection, scope, names))
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


def _counted(documents: ThemedDocuments) -> tuple[list[Any], dict[date, int]]:
    """What is to be counted, where only some documents are asked about."""
    days = np.floor(documents.seconds / _SECONDS_A_DAY)
    # Those without a time are in no week.
    mondays = np.where(np.isnan(days), -1, days - (days + _THURSDAY) % 7).astype(np.int64)
    dated = ~np.isnan(days)
    rows, themes = documents.rows, documents.themes
    in_week = dated[rows]
    of_theme = np.stack([themes, mondays[rows], documents.copies[rows]])[:, in_week]
    volume = np.stack([mondays, documents.copies])[:, dated]
    counts = [(theme, _day(week), count) for (theme, week), count in _texts(of_theme)]
    return counts, {_day(week): count for (week,), count in _texts(volume)}


def _texts(columns: NDArray[np.int64]) -> Iterator[tuple[tuple[int, ...], int]]:
    """How many different texts there are of whatever stands above.

    Args:
        columns: What is counted by, and the text, of each document ((1 + n) × documents).
    """
    if not columns.shape[1]:
        return
    ordered = columns[:, np.lexsort(columns[::-1])]
    is_new = np.any(ordered[:, 1:] != ordered[:, :-1], axis=0)
    distinct = ordered[:-1, np.concatenate([[True], is_new])]
    begins = np.any(distinct[:, 1:] != distinct[:, :-1], axis=0)
    places = np.flatnonzero(np.concatenate([[True], begins]))
    counts = np.diff(np.append(places, distinct.shape[1]))
    for key, count in zip(distinct[:, places].T.tolist(), counts.tolist(), strict=True):
        yield tuple(key), count


def _day(since_1970: int) -> date:
    return date(1970, 1, 1) + timedelta(days=since_1970)
