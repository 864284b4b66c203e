"""The benchmark of alerts counts what is false and what is found as it says."""

from __future__ import annotations

import numpy as np

from benchmarks.alerts import FIRST, LENGTH, WEEKS, Score, Simulation, gamma, simulate


def one(onset: list[int]) -> Simulation:
    themes = len(onset)
    return Simulation(
        np.zeros((themes, WEEKS), dtype=np.int64),
        np.ones(WEEKS),
        np.array(onset),
        np.where(np.array(onset) < 0, 1.0, 2.0),
        np.full(themes, 5.0),
    )


def test_who_always_rings_is_false_in_every_calm_week() -> None:
    score = Score()
    score.add(one([-1, 60]), np.ones((2, WEEKS), dtype=bool))
    assert score.calm == 2 * (WEEKS - FIRST) - 2 * LENGTH
    assert (score.false, score.false_alarms()) == (score.calm, 1000)
    assert score.power(2.0, 5.0) == 1


def test_an_alarm_counts_within_the_weeks_of_the_rise() -> None:
    score = Score()
    alarm = np.zeros((2, WEEKS), dtype=bool)
    alarm[0, 60 + LENGTH] = alarm[1, 50 + LENGTH - 1] = True
    score.add(one([60, 50]), alarm)
    # The first comes too late, and is neither right nor false.
    assert (score.power(2.0, 5.0), score.false, score.alarms) == (0.5, 0, 2)


def test_rises_are_where_they_are_said_to_be() -> None:
    made = simulate(0, gamma)
    risen = np.flatnonzero((made.factor == 3) & (made.rate == 200))
    assert len(risen)
    for theme in risen:
        start = made.onset[theme]
        during = made.counts[theme, start : start + LENGTH].mean()
        assert during > 1.8 * made.counts[theme, start - 8 : start].mean()
