"""Which days a digest is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from producer.digest.since import read_days
from producer.errors import UsageError

WEDNESDAY = datetime(2026, 7, 22, 9, 30, tzinfo=UTC)


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def test_days_weeks_and_dates_end_with_the_last_day_that_is_over() -> None:
    for said, begin in (("7d", day(7, 15)), ("2w", day(7, 8)), ("2026-07-01", day(7, 1))):
        found = read_days(said, None, WEDNESDAY)
        assert (found.since, found.until) == (begin, day(7, 22))
    found = read_days("7d", "2026-07-19", WEDNESDAY)
    assert (found.since, found.until) == (day(7, 13), day(7, 20))


def test_it_is_the_same_whenever_and_wherever_in_a_day_it_is_made() -> None:
    elsewhere = WEDNESDAY.astimezone(timezone(timedelta(hours=-9)))
    late = WEDNESDAY.replace(hour=23, minute=59)
    assert read_days("7d", None, elsewhere) == read_days("7d", None, late)


@pytest.mark.parametrize(
    "said", ["", "7", "d", "0d", "-7d", "7m", "yesterday", "99999d", "2026-13-01"]
)
def test_what_is_no_period_says_how_to_write_one(said: str) -> None:
    with pytest.raises(UsageError, match="7d or 2w"):
        read_days(said, None, WEDNESDAY)


def test_a_period_cannot_be_empty() -> None:
    with pytest.raises(UsageError, match="before the end"):
        read_days("2026-07-22", None, WEDNESDAY)
    with pytest.raises(UsageError, match="before the end"):
        read_days("2026-07-20", "2026-07-19", WEDNESDAY)
