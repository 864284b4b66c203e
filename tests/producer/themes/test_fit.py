"""What counts as near is read off the vectors themselves."""

from __future__ import annotations

import numpy as np
import pytest

from producer.themes.assignment import FLOOR, OTHER, assign
from producer.themes.fit import Fit, measure
from producer.themes.grid import Grid, centres, to_grid
from producer.themes.leftovers import cluster_leftovers


def alike(directions: list[int], common: float, each: int = 100, seed: int = 0) -> Grid:
    """Rows around some of 40 directions, which all share a part of the length `common`, as those
    of some encoders do.
    """
    random = np.random.default_rng(seed)
    whose = np.repeat(directions, each)
    rows = np.zeros((len(whose), 64))
    rows[:, :40] = np.eye(40)[whose] + random.normal(0, 0.1, (len(whose), 40))
    rows[:, 63] = common
    return to_grid(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def middles(rows: Grid, themes: int, each: int = 100) -> Grid:
    return centres(rows, np.repeat(np.arange(themes), each), themes)


@pytest.mark.parametrize("common", [0.0, 1.0, 2.0])
def test_strangers_are_in_no_theme_however_alike_all_vectors_are(common: float) -> None:
    known = alike([0, 1, 2], common)
    themes = middles(known, 3)
    fit = Fit.of_embeddings(*measure(known, themes))
    again, strangers = alike([0, 1, 2], common, seed=1), alike([7, 8, 9], common, seed=2)
    assert (assign(again, themes, fit.least).themes == OTHER).mean() <= 0.05
    assert (assign(strangers, themes, fit.least).themes == OTHER).mean() >= 0.95


def test_one_number_for_all_encoders_would_let_strangers_in() -> None:
    themes = middles(alike([0, 1, 2], 1.0), 3)
    assert (assign(alike([7, 8, 9], 1.0, seed=2), themes, FLOOR).themes != OTHER).mean() >= 0.5


def test_it_is_never_looser_than_the_floor() -> None:
    rows = to_grid(np.random.default_rng(3).normal(size=(50, 64)))
    assert measure(rows, rows[:2])[0] == FLOOR


def test_a_new_theme_is_as_tight_as_those_that_there_are_within_bounds() -> None:
    means = [Fit.of_embeddings(0.5, usual).least_mean for usual in (0.6, 0.75, 0.95)]
    assert means == [0.5, pytest.approx(0.5625), 0.65]


def test_a_set_of_an_older_version_goes_on_as_before() -> None:
    assert Fit.of_embeddings(None, None) == Fit(FLOOR, 0.75, 0.6)


def test_what_is_a_part_of_a_theme_is_not_new() -> None:
    rows = alike([0, 5], 0.0)
    known = middles(alike([0, 1], 0.0, seed=4), 2)
    found = cluster_leftovers(rows, known, 0.6)
    assert set(found[:100].tolist()) == {OTHER}
    assert set(found[100:].tolist()) == {0}
