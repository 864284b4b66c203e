"""Before and after a date: which days count, and what earlier dates say."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from schema.insights.before_after import before_and_after

DATE = datetime(2026, 6, 1, tzinfo=UTC)
#: One document a day, from a year before the date until a month behind it.
DAYS = np.arange("2025-06-01", "2026-07-01", dtype="datetime64[D]")


def test_the_day_itself_is_after() -> None:
    behind = np.datetime64("2026-06-01") <= DAYS
    found = before_and_after(DAYS, np.where(behind, 1.0, 0.0), DATE, days=14)
    assert (found.before.count, found.after.count) == (14, 14)
    assert (found.before.mean, found.after.mean, found.change.difference) == (0.0, 1.0, 1.0)
    assert found.earlier_as_large == 0
    # Every week back, as long as there are 14 days before.
    assert found.earlier == (365 - 28) // 7 + 1


def test_what_earlier_dates_show_as_well_is_no_news() -> None:
    weeks = np.arange(len(DAYS)) // 28
    found = before_and_after(DAYS, (weeks % 2).astype(float), DATE)
    assert found.earlier_as_large > found.earlier / 4


def test_order_does_not_matter_and_nothing_is_nothing() -> None:
    values = np.random.default_rng(0).normal(size=len(DAYS))
    order = np.random.default_rng(1).permutation(len(DAYS))
    plain, shuffled = (
        before_and_after(DAYS[rows], values[rows], DATE) for rows in (slice(None), order)
    )
    assert plain == shuffled
    empty = before_and_after(DAYS[:0], values[:0], DATE)
    assert (empty.before.count, empty.earlier, empty.change.p) == (0, 0, 1)
    with pytest.raises(ValueError, match="one time and one number"):
        before_and_after(DAYS, values[:3], DATE)
