"""What goes with low ratings: for each theme the mean with it, less that without it."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy import Connection

from schema.insights.drivers import MIN_DOCUMENTS, Driver, membership, rating_drivers, share_drivers
from schema.questions.examples import theme_examples
from schema.questions.measure import Measure, missing
from schema.questions.scope import Scope, select_rows
from schema.questions.themes import MEMBERS, READ, ThemeName, ThemeNames, read_theme_names


@dataclass(frozen=True, slots=True)
class ThemeDriver(Driver):
    """What goes with a theme: a `Driver`, of which theme it is, and where to read on.

    Attributes:
        theme: The theme.
        examples: Ids of some of its documents, the newest first.
    """

    theme: ThemeName
    examples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Drivers:
    """What goes with which ratings.

    Attributes:
        measure: What the means are of.
        basis: What the themes are of: `embedding`, or `words`, which is weaker.
        documents: How many have a rating, and were read for themes.
        shown: Themes with at least `MIN_DOCUMENTS` whose interval leaves 0, the worst first.
        near_zero: Themes with as many whose interval does not.
        too_few: Themes with fewer documents, of which nothing is said.
    """

    measure: Measure
    basis: str
    documents: int
    shown: list[ThemeDriver]
    near_zero: int
    too_few: int


def read_drivers(
    connection: Connection, scope: Scope, measure: Measure = Measure.RATING
) -> Drivers:
    """Read what goes with low ratings, or with a share.

    Raises:
        NoAnswerError: If there are no themes, or nothing to measure by.
    """
    names = read_theme_names(connection)
    found, documents = theme_effects(connection, scope, names, measure)
    enough = [theme for theme, one in found.items() if one.documents >= MIN_DOCUMENTS]
    shown = [theme for theme in enough if found[theme].shown]
    condition = f"{measure.sql} IS NOT NULL"
    examples = theme_examples(connection, scope, names.set_id, shown, condition)
    drivers = [
        _driver(names.by_id[theme], found[theme], examples.get(theme, ())) for theme in shown
    ]
    # Of a share more is worse, of a rating less.
    drivers.sort(key=lambda one: -one.difference if measure.is_share else one.difference)
    few, near = len(found) - len(enough), len(enough) - len(shown)
    return Drivers(measure, names.basis, documents, drivers, near, few)


def theme_effects(
    connection: Connection, scope: Scope, names: ThemeNames, measure: Measure = Measure.RATING
) -> tuple[dict[int, Driver], int]:
    """By theme what goes with it, whether it is to be shown or not; and of how many documents.

    Raises:
        NoAnswerError: If there is nothing to measure by.
    """
    values = _values(connection, scope, names, measure)
    if not values:
        raise missing(measure)
    pairs = select_rows(
        connection,
        f"SELECT m.document_id, m.theme_id FROM v_documents AS d "
        f"JOIN {MEMBERS} AS m ON m.document_id = d.id",
        scope,
        set_id=names.set_id,
    )
    themes = list(names.by_id)
    has = membership(list(values), themes, ((one[0], one[1]) for one in pairs))
    compute = share_drivers if measure.is_share else rating_drivers
    found = compute(has, list(values.values()))
    return dict(zip(themes, found, strict=True)), len(values)


def _values(
    connection: Connection, scope: Scope, names: ThemeNames, measure: Measure
) -> dict[int, float]:
    """By document that was read for themes its number, if it has one."""
    sql = f"""
    SELECT d.id AS id, {measure.sql} AS value
    FROM v_documents AS d
    WHERE {measure.sql} IS NOT NULL AND d.id IN (SELECT document_id FROM {READ} AS m)
    ORDER BY d.id
    """
    rows = select_rows(connection, sql, scope, set_id=names.set_id)
    return {row.id: float(row.value) for row in rows}


def _driver(theme: ThemeName, found: Driver, examples: tuple[int, ...]) -> ThemeDriver:
    figures = {one.name: getattr(found, one.name) for one in fields(Driver)}
    return ThemeDriver(**figures, theme=theme, examples=examples)
