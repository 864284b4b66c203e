"""Writing beside a set of themes what is expected of them, and what goes with them."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, update

from schema.database import reading, writing
from schema.insights.alerts import ShortPastError, find_alerts
from schema.insights.drivers import Driver
from schema.questions import NoAnswerError, Scope
from schema.questions.drivers import theme_effects
from schema.questions.theme_weeks import read_theme_weeks
from schema.questions.themed_documents import read_themed_documents
from schema.questions.themes import ThemeNames, theme_names_of
from schema.tables import Theme, ThemeWeek
from schema.themes.sets import find_set

_NO_EFFECT = dict.fromkeys(("effect", "effect_low", "effect_high", "effect_given_others"))


def write_statistics(engine: Engine, set_id: int) -> None:
    """Write expected counts, p and q of each theme in each week, and each theme's effect on the
    rating, anew. The weeks must have been counted.
    """
    with reading(engine) as connection:
        names = theme_names_of(connection, find_set(connection, set_id))
        weeks = list(_weeks(connection, names))
        effects = list(_effects(connection, names))
    of_week = update(ThemeWeek).where(
        ThemeWeek.set_id == set_id,
        ThemeWeek.theme_id == bindparam("of_theme"),
        ThemeWeek.week == bindparam("of_week"),
    )
    of_week = of_week.values({name: bindparam(f"new_{name}") for name in ("expected", "p", "q")})
    of_theme = update(Theme).where(Theme.set_id == set_id, Theme.id == bindparam("of_theme"))
    of_theme = of_theme.values({name: bindparam(f"new_{name}") for name in _NO_EFFECT})
    with writing(engine) as connection:
        # What a theme says no more, since a person has hidden or merged it, goes.
        connection.execute(update(Theme).where(Theme.set_id == set_id).values(_NO_EFFECT))
        if weeks:
            connection.execute(of_week, weeks)
        if effects:
            connection.execute(of_theme, effects)


def _weeks(connection: Connection, names: ThemeNames) -> Iterator[dict[str, Any]]:
    counts = read_theme_weeks(connection, Scope(), names, stored=True)
    ids = list(counts.texts)
    table = [counts.texts[theme] for theme in ids]
    for index, week in enumerate(counts.weeks):
        try:
            alerts = find_alerts(table, counts.volume, index)
        except ShortPastError:
            continue
        for place, theme in enumerate(ids):
            if table[place][index]:
                yield {
                    "of_theme": theme,
                    "of_week": week,
                    "new_expected": float(alerts.expected[place]),
                    "new_p": float(alerts.p[place]),
                    "new_q": float(alerts.q[place]),
                }


def _effects(connection: Connection, names: ThemeNames) -> Iterator[dict[str, Any]]:
    try:
        documents = read_themed_documents(connection, Scope(), names)
        found, _ = theme_effects(documents, names)
    except NoAnswerError:
        return
    for theme, one in found.items():
        yield {"of_theme": theme} | {f"new_{name}": value for name, value in _effect(one).items()}


def _effect(one: Driver) -> dict[str, float | None]:
    ends = one.difference, *one.interval
    if not all(map(isfinite, ends)):
        return _NO_EFFECT
    return dict(zip(_NO_EFFECT, (*ends, one.given_others), strict=True))
