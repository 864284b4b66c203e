"""What goes with low ratings."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, update

from schema.database import reading, writing
from schema.questions.drivers import read_drivers
from schema.questions.errors import NoAnswerError
from schema.questions.measure import Measure
from schema.questions.scope import Scope
from schema.tables import DocumentRow
from tests.support.shop import LACES, PARCEL, REFUND, STAFF, ZIP, Shop, make_shop


def test_the_worst_theme_is_first_and_each_has_its_interval(
    connection: Connection, shop: Shop
) -> None:
    found: Any = read_drivers(connection, Scope())
    by_theme: Any = {one.theme.id: one for one in found.shown}
    assert found.documents == 830 and found.measure is Measure.RATING
    assert found.shown[0].theme.id == ZIP and found.shown[-1].theme.id == STAFF
    for one in found.shown:
        assert one.interval.low < one.difference < one.interval.high
        assert one.documents >= 30 and not one.interval.low <= 0 <= one.interval.high
        assert one.difference == pytest.approx(one.with_mean - one.without_mean)
        assert set(one.examples) <= set(shop.documents[one.theme.id])
    assert LACES not in by_theme and found.too_few >= 1


def test_what_only_comes_with_another_theme_has_less_effect_given_it(
    connection: Connection,
) -> None:
    by_theme: Any = {one.theme.id: one for one in read_drivers(connection, Scope()).shown}
    refund, parcel = by_theme[REFUND], by_theme[PARCEL]
    assert refund.difference < -0.2
    assert abs(refund.given_others) < 0.5 * abs(refund.difference)
    assert parcel.given_others < -0.2


def test_of_a_share_more_is_worse(connection: Connection) -> None:
    found: Any = read_drivers(connection, Scope(), Measure.NEGATIVE)
    assert found.shown[0].theme.id == ZIP and found.shown[0].difference > 0.3
    assert found.shown[-1].difference < 0


def test_without_ratings_it_says_what_to_do(sqlite_engine: Engine) -> None:
    make_shop(sqlite_engine)
    with writing(sqlite_engine) as connection:
        connection.execute(update(DocumentRow).values(rating=None))
    with reading(sqlite_engine) as connection, pytest.raises(NoAnswerError, match="--rating"):
        read_drivers(connection, Scope())
