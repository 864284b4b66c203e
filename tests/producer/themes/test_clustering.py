"""Communities of neighbours: found, the same every time, and kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from producer.themes.assignment import OTHER, assign
from producer.themes.clustering import cluster, compact, move_to_nearest, resolution_for
from producer.themes.graph import neighbour_graph
from producer.themes.grid import Grid, Ints, centres, to_grid
from producer.themes.leftovers import cluster_leftovers
from producer.themes.matching import match
from producer.themes.sample import HashSample

ROOT = Path(__file__).parents[3]


def groups(count: int, each: int, seed: int = 0, spread: float = 0.1) -> tuple[Grid, Ints]:
    """Rows around `count` directions, in turn, and whose they are."""
    random = np.random.default_rng(seed)
    whose = np.tile(np.arange(count), each)
    rows = np.eye(32)[whose] + random.normal(0, spread, (len(whose), 32))
    return to_grid(rows / np.linalg.norm(rows, axis=1, keepdims=True)), whose


def test_groups_are_found() -> None:
    rows, whose = groups(6, 40)
    found = cluster(rows)
    pairs = set(zip(whose.tolist(), found.themes.tolist(), strict=True))
    assert len(pairs) == 6 == len(found.broad)


def test_the_graph_is_exact_and_each_edge_is_there_once() -> None:
    rows, _ = groups(3, 12)
    edges = neighbour_graph(rows, count=4, least=0.0)
    near = rows.astype(np.int64) @ rows.astype(np.int64).T
    np.fill_diagonal(near, -(2**31))
    expected = set()
    for row, others in enumerate(near):
        for other in np.argsort(-others, kind="stable")[:4].tolist():
            expected.add((min(row, other), max(row, other)))
    assert set(zip(edges.left.tolist(), edges.right.tolist(), strict=True)) == expected
    assert len(edges.left) == len(expected)


def test_a_small_sample_is_cut_less_finely() -> None:
    few, typical, many = resolution_for(10), resolution_for(5_000), resolution_for(20_000)
    assert (few, typical, many) == (1.0, 6.0, 4.5)
    assert resolution_for(300) < resolution_for(1_000) < resolution_for(1_500) == 8.0


def test_small_groups_and_rows_without_one_go_to_the_nearest() -> None:
    rows, whose = groups(2, 20)
    start = np.where(np.arange(40) < 20, whose, OTHER)
    start[0] = 7
    assert len(set(zip(move_to_nearest(rows, start, 8).tolist(), whose.tolist(), strict=True))) == 2


def test_numbers_go_by_size() -> None:
    assert compact(np.array([5, 3, 3, -1, 9, 9, 9])).tolist() == [2, 1, 1, -1, 0, 0, 0]
    assert compact(np.array([5, 3, 3]), smallest=2).tolist() == [-1, 0, 0]


def test_old_themes_are_kept_where_texts_are_added() -> None:
    rows, _ = groups(5, 40)
    old = cluster(rows[:160])
    middles = centres(rows[:160], old.themes, len(old.broad))
    new = cluster(rows, assign(rows, middles).themes)
    found = centres(rows, new.themes, len(new.broad))
    assert len(match(middles, found)) == 5


def test_what_is_near_to_none_is_not_assigned() -> None:
    rows, _ = groups(3, 10)
    found = assign(rows, rows[:2])
    assert set(found.themes.tolist()) == {0, 1, OTHER}
    assert (found.cosines[found.themes == OTHER] < 0.45).all()


def test_leftovers_make_a_theme_where_enough_are_alike() -> None:
    rows, whose = groups(4, 20)
    kept = (whose < 2) | (np.arange(len(whose)) < 20)
    known = np.empty((0, rows.shape[1]), dtype=np.int16)
    found = cluster_leftovers(rows[kept], known, 0.6)
    assert set(found[whose[kept] < 2].tolist()) == {0, 1}
    assert set(found[whose[kept] >= 2].tolist()) == {OTHER}


def test_centres_are_matched_one_to_one() -> None:
    rows = to_grid(np.eye(4, dtype=np.float16))
    assert match(rows[[0, 1, 2]], rows[[2, 3, 0]]) == {0: 2, 2: 0}
    assert match(rows[:0], rows) == {}


def test_a_sample_does_not_depend_on_order_and_blocks() -> None:
    rows, _ = groups(4, 30)
    texts = [f"text {number // 2}" + "!" * (number % 2) for number in range(len(rows))]
    whole = HashSample(40)
    whole.add(texts, rows)
    order = np.random.default_rng(5).permutation(len(rows))
    parts = HashSample(40)
    for block in np.array_split(order, 9):
        parts.add([texts[row] for row in block.tolist()], rows[block])
    assert parts.texts == whole.texts and len(parts.texts) == 40
    assert np.array_equal(parts.vectors, whole.vectors)
    assert not any(text.endswith("!") for text in whole.texts)


_PROGRAM = """
import hashlib, numpy as np
from producer.themes.clustering import cluster
from tests.producer.themes.test_clustering import groups
rows, _ = groups(30, 60, spread=0.25)
found = cluster(rows)
print(hashlib.sha256(found.themes.tobytes() + found.broad.tobytes()).hexdigest())
"""


def test_the_number_of_threads_changes_nothing() -> None:
    found = set()
    for threads in ("1", "2"):
        environment = os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1
