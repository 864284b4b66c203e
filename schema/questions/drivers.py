"""What goes with low ratings: for each theme the mean with it, less that without it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from sqlalchemy import Connection

from schema.insights.drivers import MIN_DOCUMENTS, Driver, rating_drivers, share_drivers
from schema.questions.measure import Measure, missing
from schema.questions.scope import Scope
from schema.questions.themed_documents import ThemedDocuments, read_themed_documents
from schema.questions.themes import ThemeName, ThemeNames, read_theme_names


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
    connection: Connection,
    scope: Scope,
    measure: Measure = Measure.RATING,
    documents: ThemedDocuments | None = None,
) -> Drivers:
    """Read what goes with low ratings, or with a share.

    Args:
        connection: Open.
        scope: Which documents.
        measure: What they are compared by.
        documents: They, where they have been read already.

    Raises:
        NoAnswerError: If there are no themes, or nothing to measure by.
    """
    names = read_theme_names(connection)
    if documents is None:
        documents = read_themed_documents(connection, scope, names)
    found, measured = theme_effects(documents, names, measure)
    enough = [theme for theme, one in found.items() if one.documents >= MIN_DOCUMENTS]
    shown = [theme for theme in enough if found[theme].shown]
    examples = documents.newest(shown, ~np.isnan(documents.measure(measure)))
    drivers = [
        _driver(names.by_id[theme], found[theme], examples.get(theme, ())) for theme in shown
    ]
    # Of a share more is worse, of a rating less.
    drivers.sort(key=lambda one: -one.difference if measure.is_share else one.difference)
    few, near = len(found) - len(enough), len(enough) - len(shown)
    return Drivers(measure, names.basis, measured, drivers, near, few)


def theme_effects(
    documents: ThemedDocuments, names: ThemeNames, measure: Measure = Measure.RATING
) -> tuple[dict[int, Driver], int]:
    """By theme what goes with it, whether it is to be shown or not; and of how many documents.

    Raises:
        NoAnswerError: If there is nothing to measure by.
    """
    values = documents.measure(measure)
    known = ~np.isnan(values)
    if not known.any():
        raise missing(measure)
    themes = list(names.by_id)
    compute = share_drivers if measure.is_share else rating_drivers
    found = compute(documents.members(themes, known), values[known])
    return dict(zip(themes, found, strict=True)), int(known.sum())


def _driver(theme: ThemeName, found: Driver, examples: tuple[int, ...]) -> ThemeDriver:
    figures = {one.name: getattr(found, one.name) for one in fields(Driver)}
    return ThemeDriver(**figures, theme=theme, examples=examples)
