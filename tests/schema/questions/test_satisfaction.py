"""Satisfaction over time."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from schema.questions.satisfaction import read_satisfaction
from schema.questions.scope import Scope
from schema.reports import read_period
from tests.support.shop import LAST_WEEK, MONDAY, WEEKS


def test_each_week_has_its_rating_and_its_share_with_intervals(connection: Connection) -> None:
    points: Any = read_satisfaction(connection, Scope())
    assert len(points) == WEEKS and points[0].start == MONDAY and points[-1].start == LAST_WEEK
    assert [point.counts.documents for point in points] == [40] * (WEEKS - 1) + [70]
    for point in points:
        rating, negative = point.counts.rating, point.counts.negative
        assert rating.interval.low < rating.mean < rating.interval.high
        assert negative.interval.low <= negative.share <= negative.interval.high
    assert points[-1].counts.rating.mean < min(point.counts.rating.mean for point in points[:-1])


def test_by_month_within_a_period(connection: Connection) -> None:
    scope = Scope(read_period("2026-05-01", "2026-06-30"))
    points: Any = read_satisfaction(connection, scope, "month")
    assert [point.start for point in points] == [date(2026, 5, 1), date(2026, 6, 1)]
