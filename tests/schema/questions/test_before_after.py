"""Before and after a date."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from schema.database import reading
from schema.questions.before_after import read_before_after
from schema.questions.errors import NoAnswerError
from schema.questions.measure import Measure
from schema.questions.scope import Scope
from schema.reports import Condition
from tests.support.shop import RELEASE

BOOTS = Condition("d.product = :product", {"product": "Boots"})


def test_what_the_release_helped_is_seen_by_every_measure(connection: Connection) -> None:
    found = {
        one.measure: one for one in read_before_after(connection, Scope(where=(BOOTS,)), RELEASE)
    }
    assert set(found) == set(Measure)
    rating = found[Measure.RATING].compared
    assert rating.before.count == rating.after.count == 80
    assert rating.change.difference > 0.3 and rating.change.interval.low > 0
    assert found[Measure.RATING].is_sure and found[Measure.LOW_RATING].is_sure
    assert found[Measure.LOW_RATING].compared.after.mean == 0
    assert rating.earlier > 0 and rating.earlier_as_large == 0


def test_a_date_at_which_nothing_happened(connection: Connection) -> None:
    date = RELEASE - timedelta(days=28)
    (rating, *_) = read_before_after(connection, Scope(where=(BOOTS,)), date, days=14)
    assert not rating.is_sure and rating.is_ranked
    assert rating.compared.before.count == 40


def test_too_few_documents_say_nothing(connection: Connection) -> None:
    (rating, *_) = read_before_after(connection, Scope(where=(BOOTS,)), RELEASE, days=3)
    assert not rating.is_ranked and not rating.is_sure


def test_without_ratings_and_polarities_it_says_what_to_run(sqlite_engine: Engine) -> None:
    with (
        reading(sqlite_engine) as connection,
        pytest.raises(NoAnswerError, match="--analyses sentiment"),
    ):
        read_before_after(connection, Scope(), RELEASE)
