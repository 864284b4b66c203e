"""Alerts: the distribution, what rings and what must not, and how often by chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom

from schema.insights.alerts import ShortPastError, _at_least, find_alerts

WEEKS = 24


def calm() -> np.ndarray:
    """40 themes of some 20 documents a week, in the last three exactly so many."""
    counts = np.random.default_rng(1).poisson(20, (40, WEEKS))
    counts[:, -3:] = 20
    return counts


def test_the_tail_is_that_of_the_negative_binomial() -> None:
    count = np.array([0.0, 3.0, 30.0, 200.0])
    mean, variance = np.array([2.0, 2.0, 20.0, 150.0]), np.array([2.5, 3.0, 35.0, 900.0])
    size = mean**2 / (variance - mean)
    known = nbinom.sf(count - 1, size, mean / variance)
    assert _at_least(count, mean, variance) == pytest.approx(known)


def test_a_theme_that_doubles_rings_alone() -> None:
    counts = calm()
    counts[7, -1] *= 3
    found = find_alerts(counts, np.ones(WEEKS))
    assert np.flatnonzero(found.rings).tolist() == [7]
    assert found.expected[7] == pytest.approx(20, abs=3)
    assert found.p[7] < found.q[7] <= 0.05


def test_a_week_in_which_everybody_writes_more_rings_nothing() -> None:
    counts, volume = calm(), np.ones(WEEKS)
    counts[:, -1] *= 3
    volume[-1] = 3
    assert not find_alerts(counts, volume).watch.any()
    assert find_alerts(counts, np.ones(WEEKS)).rings.all()


def test_what_rose_slowly_is_found_in_three_weeks() -> None:
    counts = np.full((40, WEEKS), 20)
    counts[3, -3:] = 34
    once = np.full((40, WEEKS), 20)
    once[3, -1] = 34
    volume = np.ones(WEEKS)
    assert find_alerts(counts, volume).p[3] < find_alerts(once, volume).p[3]
    # And is silent as soon as it is back.
    counts[3, -1] = 19
    assert not find_alerts(counts, volume).watch[3]


def test_a_rise_that_is_over_does_not_hide_the_next() -> None:
    counts = calm()
    counts[7, 8:11] = 200
    counts[7, -1] = 60
    assert find_alerts(counts, np.ones(WEEKS)).rings[7]


def test_few_documents_call_nobody() -> None:
    counts = np.zeros((10, WEEKS), dtype=int)
    counts[2, -1] = 4
    assert not find_alerts(counts, np.ones(WEEKS)).watch.any()
    counts[2, -1] = 9
    assert find_alerts(counts, np.ones(WEEKS)).rings[2]


def test_order_and_later_weeks_do_not_matter() -> None:
    counts = calm()
    counts[7, 20] = 60
    found = find_alerts(counts[:, :21], np.ones(21))
    shuffled = find_alerts(counts[::-1], np.ones(WEEKS), week=20)
    assert shuffled.q[::-1] == pytest.approx(found.q)


def test_a_short_past_says_nothing() -> None:
    with pytest.raises(ShortPastError, match="7 weeks before"):
        find_alerts(calm()[:, :10], np.ones(10))
    empty = np.ones(WEEKS)
    empty[4:20] = 0
    with pytest.raises(ShortPastError):
        find_alerts(calm(), empty)
    # In a week in which nobody wrote, nothing rises.
    silent, counts = np.ones(WEEKS), calm()
    silent[-1], counts[:, -1] = 0, 0
    assert not find_alerts(counts, silent).watch.any()


def test_false_alarms_are_few_with_more_spread_than_chance() -> None:
    random = np.random.default_rng(2)
    usual = np.repeat([1.0, 5.0, 20.0, 100.0], 30)[:, None]
    counts = random.poisson(random.gamma(np.broadcast_to(usual, (120, 120)), 1.0))
    volume = np.ones(120)
    false = sum(int(find_alerts(counts, volume, week).rings.sum()) for week in range(30, 120))
    assert false <= 3 * 120 * 90 / 1000
    tripled = 0
    for week in range(30, 120):
        risen = counts.copy()
        risen[80, week] = 60
        tripled += int(find_alerts(risen, volume, week).rings[80])
    assert tripled > 80
