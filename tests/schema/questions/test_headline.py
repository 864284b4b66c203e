"""What is said first, and how it differs from the period before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from schema.questions.headline import read_headline
from schema.questions.scope import Scope
from schema.reports import Condition, Period, read_period
from tests.support.shop import NOW

#: Half of all, but for scarves, and those with broken zips.
COATS_WRITTEN = 424
COATS = Condition("d.product = :product", {"product": "Coat"})


def test_all_of_it_has_no_period_to_compare_with(connection: Connection) -> None:
    headline: Any = read_headline(connection, Scope())
    counts = headline.counts
    assert counts.documents == counts.analysed == 830
    assert (headline.first, headline.last) == (date(2026, 3, 2), date(2026, 7, 19))
    assert headline.changes is None and headline.previous is None
    assert counts.negative.total == counts.positive.total == 830 - counts.unsure.count
    assert counts.unsure.count > 30 and counts.unsure.interval is not None
    assert counts.unsure.interval.low < counts.unsure.share < counts.unsure.interval.high
    assert counts.rating.count == 830 and counts.rating.mean is not None
    assert counts.low_ratings.count > 100


def test_a_period_is_compared_with_the_one_before(connection: Connection) -> None:
    headline: Any = read_headline(connection, Scope(read_period("2026-07-13", "2026-07-19")))
    assert headline.counts.documents == 70
    assert headline.previous == Period(
        datetime(2026, 7, 6, tzinfo=UTC), datetime(2026, 7, 13, tzinfo=UTC)
    )
    changes = headline.changes
    assert changes is not None and changes.documents.previous == 40
    assert changes.documents.change == pytest.approx(0.75)
    assert changes.documents.is_sure and changes.documents.interval.low < 0.75
    assert changes.rating.change < 0 and changes.rating.interval.low < changes.rating.change
    assert changes.negative.change > 0 and changes.negative.is_sure
    assert not changes.unsure.is_sure


def test_a_period_without_an_end_ends_now(connection: Connection) -> None:
    scope = Scope(read_period("2026-07-13", None))
    headline: Any = read_headline(connection, scope, NOW)
    assert headline.previous is not None
    assert headline.previous.since == datetime(2026, 7, 3, 15, tzinfo=UTC)


def test_nothing_before_gives_no_change(connection: Connection) -> None:
    headline: Any = read_headline(connection, Scope(read_period("2026-03-02", "2026-03-08")))
    assert headline.changes is not None
    assert headline.changes.documents.change is None
    assert headline.changes.rating.interval is None and headline.changes.negative.previous is None


def test_a_product_has_figures_of_its_own(connection: Connection) -> None:
    headline: Any = read_headline(connection, Scope(where=(COATS,)))
    assert headline.counts.documents == COATS_WRITTEN
