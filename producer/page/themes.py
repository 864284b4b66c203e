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
from schema.questions.counts import DocumentCounts
from schema.questions.document_numbers import Mask
from schema.questions.drivers import ThemeDriver, read_drivers
from schema.questions.figures import Share
from schema.questions.scope import select_rows
from schema.questions.theme_weeks import read_theme_weeks
from schema.questions.themed_documents import ThemedDocuments, read_themed_documents
from schema.questions.themes import ThemeName, read_theme_names
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


def read_themes(connection: Connection, scope: Scope, index: TextIndex) -> ThemesFacts | None:
    """Read the themes; None if no document of the scope is in any.

    Raises:
        NoAnswerError: If none have been found yet.
    """
    names = read_theme_names(connection)
    documents = read_themed_documents(connection, scope, names)
    in_theme, counts = documents.texts_by_theme(), documents.counts_by_theme()
    found = sorted((one for one in in_theme if one in names.by_id), key=lambda one: -in_theme[one])
    if not found:
        return None
    texts = documents.texts()
    drivers, rated = _drivers(connection, scope, documents)
    weeks = read_theme_weeks(connection, scope, names, documents=documents)
    newest = _newest(documents, found[:SHOWN])
    leaning = Leaning.of(connection, ThemeScope.parse(names.scope))
    shown = [
        ThemeFacts(
            name=names.by_id[theme],
            texts=Share.of(in_theme[theme], texts),
            counts=counts[theme],
            driver=drivers.get(theme),
            weeks=weeks.texts.get(theme, [])[-WEEKS:],
            quotes=_quotes(leaning, scope, theme),
            keys=_keys(index, names.by_id[theme], counts[theme], newest),
        )
        for theme in found[:SHOWN]
    ]
    none = Share.of(texts - documents.themed_texts(), texts)
    first = weeks.weeks[-WEEKS:][0] if weeks.weeks else None
    return ThemesFacts(names.basis, shown, len(found), none, rated, first)


def _drivers(
    connection: Connection, scope: Scope, documents: ThemedDocuments
) -> tuple[dict[int, ThemeDriver], int | None]:
    try:
        found = read_drivers(connection, scope, documents=documents)
    except NoAnswerError:
        return {}, None
    return {one.theme.id: one for one in found.shown}, found.documents


def _newest(
    documents: ThemedDocuments, themes: Sequence[int]
) -> dict[tuple[int, str], tuple[int, ...]]:
    """By theme and side, or `all`, ids of the newest documents."""
    sides: dict[str, Mask | None] = {side.value: documents.is_side(side) for side in Polarity}
    sides |= {"unsure": documents.is_side(None), "all": None}
    return {
        (theme, side): ids
        for side, among in sides.items()
        for theme, ids in documents.newest(themes, among).items()
    }


def _keys(
    index: TextIndex,
    name: ThemeName,
    counts: DocumentCounts,
    newest: dict[tuple[int, str], tuple[int, ...]],
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
        connection, f"SELECT d.id FROM current_documents AS d WHERE d.id IN ({ids})", scope
    )
    there = {row.id for row in rows}
    return [one for one in passages if one.document_id in there]
