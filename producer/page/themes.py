"""The themes: how large, how they are felt about, what goes with them, and what is said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from producer.page.texts import TextIndex
from producer.themes.leaning import Leaning
from producer.themes.quotes import CANDIDATES, choose_quotes
from schema.polarity import Polarity
from schema.questions import NoAnswerError, Scope
from schema.questions.counts import COUNTS, DocumentCounts
from schema.questions.drivers import ThemeDriver, read_drivers
from schema.questions.figures import Share
from schema.questions.scope import select_rows
from schema.questions.theme_weeks import read_theme_weeks
from schema.questions.themes import EXAMPLES, MEMBERS, READ, ThemeName, ThemeNames, read_theme_names
from schema.themes.edits import find_theme
from schema.themes.passages import Passage, read_passages
from schema.themes.scope import ThemeScope

#: Themes that the page shows: those with most texts.
SHOWN = 20
#: Whose quotes a theme shows, and how many of each.
SIDES, QUOTES = (Polarity.NEGATIVE, Polarity.POSITIVE), 2
#: Clauses nearest to a theme's centre that quotes are looked for in.
TYPICAL = 8 * CANDIDATES
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
    leaning = Leaning.of(connection, ThemeScope.parse(names.scope))
    weeks = read_theme_weeks(connection, scope, names)
    wanted = [row.theme for row in rows[:SHOWN]]
    newest = _newest(connection, scope, names, wanted)
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
                quotes=_quotes(leaning, scope, row.theme),
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


#: The newest of each theme and side, in one pass.
_NEWEST = f"""
SELECT theme, side, document, time FROM (
    SELECT m.theme_id AS theme, COALESCE(d.polarity, 'unsure') AS side, d.id AS document,
        d.time AS time, ROW_NUMBER() OVER (
            PARTITION BY m.theme_id, COALESCE(d.polarity, 'unsure')
            ORDER BY d.time IS NULL, d.time DESC, d.id DESC
        ) AS place
    FROM v_documents AS d JOIN {MEMBERS} AS m ON m.document_id = d.id
    WHERE m.theme_id IN ({{themes}})
) AS ranked
WHERE place <= {EXAMPLES}
ORDER BY time IS NULL, time DESC, document DESC
"""


def _newest(
    connection: Connection, scope: Scope, names: ThemeNames, themes: Sequence[int]
) -> dict[tuple[int, str], list[int]]:
    """By theme and side, or `all`, ids of the newest documents."""
    found: dict[tuple[int, str], list[int]] = {}
    # Whole numbers of ours, so that they can stand in the statement.
    sql = _NEWEST.format(themes=", ".join(str(int(theme)) for theme in themes))
    for theme, side, document, _ in select_rows(connection, sql, scope, set_id=names.set_id):
        for key in ((theme, side), (theme, "all")):
            ids = found.setdefault(key, [])
            if len(ids) < EXAMPLES:
                ids.append(document)
    return found


def _keys(
    index: TextIndex,
    name: ThemeName,
    counts: DocumentCounts,
    newest: dict[tuple[int, str], list[int]],
) -> dict[str, str]:
    totals = {
        "all": counts.documents,
        "negative": counts.negative.count,
        "neutral": counts.neutral.count,
        "positive": counts.positive.count,
        "unsure": counts.documents - counts.negative.total,
    }
    return {
        side: index.add(
            f"theme{name.id}{side}",
            name.name if side == "all" else f"{name.name}: {side}",
            total,
            newest.get((name.id, side), ()),
        )
        for side, total in totals.items()
    }


def _quotes(leaning: Leaning, scope: Scope, theme_id: int) -> dict[str, list[Passage]]:
    """By polarity the quotes of a theme, of documents of the scope."""
    connection, where = leaning.connection, leaning.scope
    theme = find_theme(connection, theme_id)
    typical = _inside(connection, scope, read_passages(connection, theme, where, TYPICAL))
    found = {}
    for side in SIDES:
        quotes = choose_quotes(leaning.sort(_of_side(typical, side), side), QUOTES)
        if not quotes:
            # There may be some among what is less typical.
            less = read_passages(connection, theme, where, TYPICAL, side.value)
            less = _of_side(_inside(connection, scope, less), side)
            quotes = choose_quotes(leaning.sort(less, side), QUOTES)
        found[side.value] = quotes
    return found


def _of_side(passages: Sequence[Passage], side: Polarity) -> list[Passage]:
    return [one for one in passages if one.polarity == side][:CANDIDATES]


def _inside(connection: Connection, scope: Scope, passages: Sequence[Passage]) -> Sequence[Passage]:
    if scope.is_everything or not passages:
        return passages
    ids = ", ".join(str(int(one.document_id)) for one in passages)
    rows = select_rows(
        connection, f"SELECT d.id FROM v_documents AS d WHERE d.id IN ({ids})", scope
    )
    there = {row.id for row in rows}
    return [one for one in passages if one.document_id in there]
