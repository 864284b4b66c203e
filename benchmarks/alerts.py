"""How often alerts find what rises, and how often they are false: `python -m benchmarks.alerts`.

Weekly counts are made of which is known where they rise: themes of 0.5 to 200 documents a week,
with a trend, a season, weeks in which everybody writes more, and more spread than chance alone has;
three of four have one rise of 4 weeks to 1.5, 2 or 3 times as many. They are drawn in two ways:
gamma noise that is new each week, from which the alerts' own distribution follows, and noise that
lasts (log-normal, each week .5 like the one before), from which it does not. Beside them stands
what dashboards do: half as many again as in the four weeks before, and at least five.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schema.insights.alerts import find_alerts

WEEKS, FIRST = 104, 30
RATES = (0.5, 2.0, 5.0, 15.0, 50.0, 200.0)
FACTORS = (1.5, 2.0, 3.0)
#: Weeks of a rise; alarms in as many weeks behind it are neither right nor false.
LENGTH = 4
#: Themes of each rate in one simulation.
THEMES = 40


@dataclass(frozen=True)
class Simulation:
    """Counts of themes × weeks, the volume by week, and of each theme its rise: its first week, -1
    without one; how many times as many; and its usual documents a week.
    """

    counts: NDArray[np.int64]
    volume: NDArray[np.float64]
    onset: NDArray[np.int64]
    factor: NDArray[np.float64]
    rate: NDArray[np.float64]


Noise = Callable[[np.random.Generator, NDArray[np.float64], NDArray[np.float64]], NDArray[np.int64]]


def simulate(seed: int, noise: Noise) -> Simulation:
    random = np.random.default_rng(seed)
    weeks = np.arange(WEEKS)
    trend = 0.004 * weeks + 0.15 * np.sin(2 * np.pi * weeks / 52)
    volume = np.exp(trend + random.normal(0, 0.10, WEEKS))
    rate = np.repeat(RATES, THEMES)
    phase, height = random.integers(0, 52, len(rate)), random.uniform(0, 0.25, len(rate))
    season = 1 + height[:, None] * np.sin(2 * np.pi * (weeks + phase[:, None]) / 52)
    mean = rate[:, None] * volume * season
    onset, factor = np.full(len(rate), -1), np.ones(len(rate))
    for theme in np.flatnonzero(random.random(len(rate)) < 0.75):
        onset[theme] = random.integers(FIRST + 10, WEEKS - LENGTH)
        factor[theme] = random.choice(FACTORS)
        mean[theme, onset[theme] : onset[theme] + LENGTH] *= factor[theme]
    spread = random.uniform(1.0, 2.5, len(rate))[:, None]
    return Simulation(noise(random, mean, spread), volume, onset, factor, rate)


def gamma(
    random: np.random.Generator, mean: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Counts with `spread` times the variance of chance alone."""
    more = np.maximum(spread - 1, 1e-3)
    counts: NDArray[np.int64] = random.poisson(random.gamma(mean / more, more))
    return counts


def lasting(
    random: np.random.Generator, mean: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Counts whose mean wanders, by so much that their variance is about the same."""
    noise = random.normal(size=mean.shape)
    for week in range(1, noise.shape[1]):
        noise[:, week] = 0.5 * noise[:, week - 1] + np.sqrt(0.75) * noise[:, week]
    usual = mean.mean(axis=1, keepdims=True)
    # Of small counts so much spread would need means that jump as feedback never does.
    sigma = np.minimum(np.sqrt(np.log1p((spread - 1) / usual)), 0.4)
    counts: NDArray[np.int64] = random.poisson(mean * np.exp(sigma * noise - sigma**2 / 2))
    return counts


def rings(counts: NDArray[np.int64], volume: NDArray[np.float64], week: int) -> NDArray[np.bool_]:
    return find_alerts(counts, volume, week).rings


def watch(counts: NDArray[np.int64], volume: NDArray[np.float64], week: int) -> NDArray[np.bool_]:
    return find_alerts(counts, volume, week).watch


def dashboard(
    counts: NDArray[np.int64], _volume: NDArray[np.float64], week: int
) -> NDArray[np.bool_]:
    now = counts[:, week]
    found: NDArray[np.bool_] = (now >= 1.5 * counts[:, week - 4 : week].mean(axis=1)) & (now >= 5)
    return found


@dataclass
class Score:
    """What a detector found over all simulations."""

    false: int = 0
    calm: int = 0
    alarms: int = 0

    def __post_init__(self) -> None:
        self.found: defaultdict[tuple[float, float], list[bool]] = defaultdict(list)

    def add(self, one: Simulation, alarm: NDArray[np.bool_]) -> None:
        calm = np.ones(alarm.shape, dtype=bool)
        calm[:, :FIRST] = False
        for theme in np.flatnonzero(one.onset >= 0):
            start = one.onset[theme]
            calm[theme, start : start + 2 * LENGTH] = False
            hit = bool(alarm[theme, start : start + LENGTH].any())
            self.found[one.factor[theme], one.rate[theme]].append(hit)
        self.false += int((alarm & calm).sum())
        self.calm += int(calm.sum())
        self.alarms += int(alarm.sum())

    def power(self, factor: float, rate: float) -> float:
        return float(np.mean(self.found[factor, rate]))

    def false_alarms(self) -> float:
        """In a thousand calm weeks of a theme."""
        return 1000 * self.false / self.calm


DETECTORS = {"rings": rings, "watch": watch, "+ 50 %": dashboard}
NOISES = {"gamma": gamma, "lasting": lasting}


def score(repeats: int, noise: Noise) -> dict[str, Score]:
    scores = {name: Score() for name in DETECTORS}
    for seed in range(repeats):
        one = simulate(seed, noise)
        for name, detect in DETECTORS.items():
            alarm = np.zeros(one.counts.shape, dtype=bool)
            for week in range(FIRST, WEEKS):
                alarm[:, week] = detect(one.counts, one.volume, week)
            scores[name].add(one, alarm)
    return scores


def main(repeats: int) -> None:
    shown = [(1.5, 15), (1.5, 50), (1.5, 200), (2.0, 5), (2.0, 15), (2.0, 50), (3.0, 5), (3.0, 15)]
    head = " | ".join(f"×{factor:g} at {rate}" for factor, rate in shown)
    print(f"| noise | alert | false in 1,000 theme-weeks | of alarms false | {head} |")
    print("|" + "---|" * (4 + len(shown)))
    for noise, draw in NOISES.items():
        for name, one in score(repeats, draw).items():
            power = " | ".join(f"{one.power(factor, rate):.2f}" for factor, rate in shown)
            wrong = one.false / max(1, one.alarms)
            print(f"| {noise} | {name} | {one.false_alarms():.1f} | {wrong:.0%} | {power} |")
    random = np.random.default_rng(0)
    counts, volume = random.poisson(5.0, (10_000, WEEKS)), np.ones(WEEKS)
    began = time.process_time()
    find_alerts(counts, volume)
    print(f"10,000 themes: {time.process_time() - began:.2f} s of processor time")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
