"""The themes: how large, how they are felt about, what goes with them, and what is said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from producer.page.texts import TextIndex
from producer.themes.quotes import CANDIDATES, choose_quotes
from schema.polarity import Polarity
from schema.questions import NoAnswerError, Scope
from schema.questions.counts import COUNTS, DocumentCounts
from schema.questions.drivers import ThemeDriver, read_drivers
from schema.questions.examples import theme_examples
from schema.questions.figures import Share
from schema.questions.scope import select_rows
from schema.questions.theme_weeks import read_theme_weeks
from schema.questions.themes import MEMBERS, READ, ThemeName, ThemeNames, read_theme_names
from schema.themes.edits import find_theme
from schema.themes.passages import Passage, read_passages
from schema.themes.scope import ThemeScope

#: Themes that the page shows: those with most texts.
SHOWN = 20
#: Whose quotes a theme shows, and how many of each.
SIDES, QUOTES = (Polarity.NEGATIVE, Polarity.POSITIVE), 2
#: Weeks of a theme's line, the newest.
WEEKS = 26


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """A theme.

    Attributes:
        texts: Different texts in it, of all that were read: copies count once.
        counts: Figures of its documents.
        driver: What goes with it; None where that may be chance, or nothing was rated.
        weeks: Different texts of each of the newest weeks, oldest first.
        quotes: By polarity of the document some of its clauses.
        keys: By side, or `all`, the key of its texts.
    """

    name: ThemeName
    texts: Share
    counts: DocumentCounts
    driver: ThemeDriver | None
    weeks: list[int]
    quotes: dict[str, list[Passage]]
    keys: dict[str, str]


@dataclass(frozen=True, slots=True)
class ThemesFacts:
    """The themes, the largest first.

    Attributes:
        basis: `embedding`, or `words`, which is weaker.
        found: How many there are, shown or not.
        none: Texts that are in no theme.
        drivers: How many documents the effects are measured on; None where nothing was rated.
        first_week: Of the lines.
    """

    basis: str
    shown: list[ThemeFacts]
    found: int
    none: Share
    drivers: int | None
    first_week: Any


_THEMES = f"""
SELECT m.theme_id AS theme, COUNT(DISTINCT m.copy_key) AS texts, {COUNTS}
FROM v_documents AS d JOIN {MEMBERS} AS m ON m.document_id = d.id
GROUP BY m.theme_id
"""
_ALL = f"""
SELECT COUNT(DISTINCT r.copy_key) AS texts
FROM v_documents AS d JOIN {READ} AS r ON r.document_id = d.id
"""
_IN_ANY = f"""
SELECT COUNT(DISTINCT m.copy_key) AS texts
FROM v_documents AS d JOIN {MEMBERS} AS m ON m.document_id = d.id
"""


def read_themes(connection: Connection, scope: Scope, index: TextIndex) -> ThemesFacts | None:
    """Read the themes; None if no document of the scope is in any.

    Raises:
        NoAnswerError: If none have been found yet.
    """
    names = read_theme_names(connection)
    rows = select_rows(connection, _THEMES, scope, set_id=names.set_id)
    rows = sorted((row for row in rows if row.theme in names.by_id), key=lambda row: -row.texts)
    if not rows:
        return None
    ((texts,),) = select_rows(connection, _ALL, scope, set_id=names.set_id)
    ((themed,),) = select_rows(connection, _IN_ANY, scope, set_id=names.set_id)
    drivers, rated = _drivers(connection, scope)
    weeks = read_theme_weeks(connection, scope, names)
    wanted = [row.theme for row in rows[:SHOWN]]
    newest = _examples(connection, scope, names, wanted)
    shown = []
    for row in rows[:SHOWN]:
        counts = DocumentCounts.of(row)
        shown.append(
            ThemeFacts(
                name=names.by_id[row.theme],
                texts=Share.of(row.texts, texts),
                counts=counts,
                driver=drivers.get(row.theme),
                weeks=weeks.texts.get(row.theme, [])[-WEEKS:],
                quotes=_quotes(connection, scope, names, row.theme),
                keys=_keys(index, names.by_id[row.theme], counts, newest),
            )
        )
    none = Share.of(max(0, texts - themed), texts)
    first = weeks.weeks[-WEEKS:][0] if weeks.weeks else None
    return ThemesFacts(names.basis, shown, len(rows), none, rated, first)


def _drivers(connection: Connection, scope: Scope) -> tuple[dict[int, ThemeDriver], int | None]:
    try:
        found = read_drivers(connection, scope)
    except NoAnswerError:
        return {}, None
    return {one.theme.id: one for one in found.shown}, found.documents


_CONDITIONS = {
    "all": "1 = 1",
    "negative": "d.polarity = 'negative'",
    "neutral": "d.polarity = 'neutral'",
    "positive": "d.polarity = 'positive'",
    "unsure": "d.unsure",
}


def _examples(
    connection: Connection, scope: Scope, names: ThemeNames, themes: Sequence[int]
) -> dict[str, dict[int, tuple[int, ...]]]:
    return {
        side: theme_examples(connection, scope, names.set_id, themes, condition)
        for side, condition in _CONDITIONS.items()
    }


def _keys(
    index: TextIndex,
    name: ThemeName,
    counts: DocumentCounts,
    newest: dict[str, dict[int, tuple[int, ...]]],
) -> dict[str, str]:
    totals = {
        "all": counts.documents,
        "negative": counts.negative.count,
        "neutral": counts.neutral.count,
        "positive": counts.positive.count,
        "unsure": counts.unsure.count,
    }
    return {
        side: index.add(
            f"theme{name.id}{side}",
            name.name if side == "all" else f"{name.name}: {side}",
            total,
            newest[side].get(name.id, ()),
        )
        for side, total in totals.items()
    }


def _quotes(
    connection: Connection, scope: Scope, names: ThemeNames, theme_id: int
) -> dict[str, list[Passage]]:
    """By polarity the quotes of a theme, of documents of the scope."""
    theme = find_theme(connection, theme_id)
    # Of a period, many of the most typical may be outside.
    count = CANDIDATES if scope.is_everything else 8 * CANDIDATES
    found = {}
    for side in SIDES:
        passages = read_passages(
            connection, theme, ThemeScope.parse(names.scope), count, side.value
        )
        inside = _inside(connection, scope, passages)
        found[side.value] = choose_quotes(inside[:CANDIDATES], QUOTES)
    return found


def _inside(connection: Connection, scope: Scope, passages: Sequence[Passage]) -> Sequence[Passage]:
    if scope.is_everything or not passages:
        return passages
    ids = ", ".join(str(int(one.document_id)) for one in passages)
    rows = select_rows(
        connection, f"SELECT d.id FROM v_documents AS d WHERE d.id IN ({ids})", scope
    )
    there = {row.id for row in rows}
    return [one for one in passages if one.document_id in there]
