"""What is new or rising."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from schema.database import reading
from schema.questions.errors import NoAnswerError
from schema.questions.rising import Alert, read_rising
from schema.questions.scope import Scope
from schema.reports import Condition, read_period
from tests.support.shop import LACES, LAST_WEEK, NOW, ZIP, Shop

COATS = Condition("d.product IN ('Coat', 'Boots', 'Scarf')", {})


def test_what_rings_in_the_last_whole_week_has_what_was_expected(
    connection: Connection, shop: Shop
) -> None:
    found: Any = read_rising(connection, Scope(), NOW)
    assert found.weeks == [LAST_WEEK] and found.short_past == []
    zips: Any = next(one for one in found.rising if one.theme.id == ZIP)
    assert (zips.theme.id, zips.week, zips.alert) == (ZIP, LAST_WEEK, Alert.RINGS)
    assert zips.texts >= 30 > zips.expected > 0
    assert zips.p <= zips.q <= 0.05
    assert set(zips.examples) <= set(shop.documents[ZIP][-zips.texts :])


def test_a_new_theme_is_told_though_it_has_no_past(connection: Connection) -> None:
    found: Any = read_rising(connection, Scope(), NOW)
    laces: Any = next(one for one in found.rising if one.theme.id == LACES)
    assert laces.theme.new and laces.texts >= 5
    assert laces.alert is Alert.RINGS and laces.expected < 1


def test_a_new_theme_of_a_short_past_is_told_as_new(connection: Connection) -> None:
    recent = Condition("d.time >= '2026-06-15'", {})
    found: Any = read_rising(connection, Scope(where=(recent,)), NOW)
    (laces,) = found.rising
    assert found.short_past == [LAST_WEEK]
    assert (laces.theme.id, laces.alert, laces.q) == (LACES, Alert.NEW, None)


def test_counted_anew_is_the_same_as_what_was_stored(connection: Connection) -> None:
    """Where only some documents are asked about, here all of them."""
    counted: Any = read_rising(connection, Scope(where=(COATS,)), NOW)
    assert counted == read_rising(connection, Scope(), NOW)


def test_every_week_of_a_period_is_looked_at(connection: Connection) -> None:
    found: Any = read_rising(connection, Scope(read_period("2026-06-29", None)), NOW)
    assert found.weeks == [date(2026, 6, 29), date(2026, 7, 6), LAST_WEEK]
    assert all(
        one.alert is not Alert.RINGS
        for one in found.rising
        if one.week != LAST_WEEK and one.theme.id != LACES
    )
    assert [one.week for one in found.rising] == sorted(
        (one.week for one in found.rising), reverse=True
    )


def test_a_past_that_is_too_short_is_told_as_such(connection: Connection) -> None:
    found: Any = read_rising(connection, Scope(read_period("2026-04-06", "2026-05-03")))
    assert found.short_past == [
        date(2026, 4, 6),
        date(2026, 4, 13),
        date(2026, 4, 20),
        date(2026, 4, 27),
    ]
    assert found.rising == []


def test_a_week_that_has_not_ended_is_not_looked_at(connection: Connection) -> None:
    found: Any = read_rising(connection, Scope(read_period(None, "2026-07-15")))
    assert found.weeks == [date(2026, 7, 6)]


def test_without_a_whole_week_it_says_what_to_do(connection: Connection) -> None:
    with pytest.raises(NoAnswerError, match="triage themes"):
        read_rising(connection, Scope(read_period("2026-07-20", None)), NOW)


def test_without_a_time_it_says_which_column_to_name(connection: Connection) -> None:
    nothing_dated = Condition("d.time IS NULL", {})
    with pytest.raises(NoAnswerError, match="has a time; name its column: triage ingest FILE --ti"):
        read_rising(connection, Scope(where=(nothing_dated,)), NOW)


def test_without_themes_it_says_what_to_run(sqlite_engine: Engine) -> None:
    with (
        reading(sqlite_engine) as connection,
        pytest.raises(NoAnswerError, match="run: triage themes"),
    ):
        read_rising(connection, Scope(), NOW)
