"""What is expected of themes and what goes with them, beside what a question computes anew."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from producer.themes.statistics import write_statistics
from schema.database import reading, writing
from schema.questions.drivers import read_drivers
from schema.questions.rising import Alert, read_rising
from schema.questions.scope import Scope
from schema.reports import ReportOptions, find_report, run_report
from schema.tables import Theme, ThemeWeek
from schema.themes.edits import hide_theme
from schema.themes.weeks import count_weeks
from tests.support.shop import HIDDEN, LACES, LAST_WEEK, MONDAY, NOW, ZIP, make_shop


def test_stored_figures_are_those_of_the_questions(engine: Engine) -> None:
    make_shop(engine)
    write_statistics(engine, 1)
    with reading(engine) as connection:
        rising: Any = read_rising(connection, Scope(), NOW).rising
        zips = next(one for one in rising if one.theme.id == ZIP)
        driver = read_drivers(connection, Scope()).shown[0]
        weeks = {
            (row.theme_id, row.week): row for row in connection.execute(select(ThemeWeek.__table__))
        }
        themes = {row.id: row for row in connection.execute(select(Theme.__table__))}
        views = run_report(connection, find_report("v_theme_weeks"), ReportOptions())
        shown = [dict(zip(views.columns, row, strict=True)) for row in views.rows]
    week, theme = weeks[ZIP, LAST_WEEK], themes[ZIP]
    assert (week.expected, week.p, week.q) == pytest.approx((zips.expected, zips.p, zips.q))
    assert weeks[ZIP, MONDAY].q is None
    assert (theme.effect, theme.effect_low, theme.effect_high, theme.effect_given_others) == (
        pytest.approx((driver.difference, *driver.interval, driver.given_others))
    )
    assert themes[LACES].effect is not None and themes[HIDDEN].effect is None
    alerts = {(row["name"], row["week"]) for row in shown if row["alert"] == Alert.RINGS}
    assert ("broken zip", LAST_WEEK) in alerts


def test_what_a_person_hides_has_no_figures_any_more(sqlite_engine: Engine) -> None:
    make_shop(sqlite_engine)
    write_statistics(sqlite_engine, 1)
    with writing(sqlite_engine) as connection:
        hide_theme(connection, ZIP, True, "eve")
    count_weeks(sqlite_engine, 1)
    write_statistics(sqlite_engine, 1)
    with reading(sqlite_engine) as connection:
        effect = connection.execute(select(Theme.effect).where(Theme.id == ZIP)).scalar_one()
        of_zips = select(ThemeWeek.q).where(ThemeWeek.theme_id == ZIP, ThemeWeek.q.is_not(None))
        assert effect is None and connection.execute(of_zips).all() == []
