"""Themes of a sample of clauses: communities of the graph of neighbours, on two levels."""

from __future__ import annotations

from typing import NamedTuple

import graspologic_native
import numpy as np

from producer.themes.assignment import OTHER, assign
from producer.themes.graph import Edges, neighbour_graph
from producer.themes.grid import Grid, Ints, centres

#: Clauses of the smallest theme.
SMALLEST = 8
#: How finely the broad level cuts: at most some fifty themes.
BROAD_RESOLUTION = 1.0
#: How finely the other level cuts a small sample, …
RESOLUTION = 3.0
#: … and one of more clauses than this, …
LARGE = 10_000
#: … which has more themes to tell apart.
LARGE_RESOLUTION = 5.0
#: Rounds in which every clause goes to the nearest centre, and centres are made anew.
ROUNDS = 3
#: The search draws from this seed: the same graph, the same communities.
SEED = 1


class Clustering(NamedTuple):
    """Themes of a sample.

    Attributes:
        themes: For each row its theme, numbered by falling size; none is left out.
        broad: For each theme its broad theme, numbered by falling size.
    """

    themes: Ints
    broad: Ints


def cluster(rows: Grid, before: Ints | None = None) -> Clustering:
    """Find the themes of rows that are in the order of their hashes.

    Args:
        rows: Vectors of different texts.
        before: Themes that are known for some rows, from which the search starts, so that what has
            not changed stays; `OTHER` where nothing is known.
    """
    edges = neighbour_graph(rows)
    resolution = RESOLUTION if len(rows) <= LARGE else LARGE_RESOLUTION
    themes = settle(rows, communities(edges, len(rows), resolution, before))
    broad = communities(edges, len(rows), BROAD_RESOLUTION)
    return Clustering(themes, _majority(themes, broad))


def communities(edges: Edges, size: int, resolution: float, before: Ints | None = None) -> Ints:
    """Communities of the greatest modularity by the Leiden algorithm; `OTHER` without an edge."""
    found = np.full(size, OTHER, dtype=np.int64)
    if not len(edges.left):
        return found
    names = [str(row) for row in range(size)]
    triples = [
        (names[left], names[right], weight)
        for left, right, weight in zip(*(one.tolist() for one in edges), strict=True)
    ]
    _, parts = graspologic_native.leiden(
        edges=triples,
        starting_communities=None if before is None else _start(edges, names, before),
        resolution=resolution,
        randomness=0.001,
        iterations=3,
        use_modularity=True,
        seed=SEED,
        trials=1,
    )
    for name, part in parts.items():
        found[int(name)] = part
    return found


def _start(edges: Edges, names: list[str], before: Ints) -> dict[str, int]:
    """The communities to start from: those that are known, and each other row its own."""
    alone = int(before.max(initial=OTHER)) + 1 + np.arange(len(before))
    start = np.where(before >= 0, before, alone)
    linked = np.unique(np.concatenate([edges.left, edges.right]))
    return {names[row]: int(start[row]) for row in linked}


def settle(rows: Grid, groups: Ints, smallest: int = SMALLEST) -> Ints:
    """Let every row, also of groups that are too small, go to its nearest centre, some rounds."""
    themes = compact(groups, smallest)
    for _ in range(ROUNDS):
        count = int(themes.max(initial=OTHER)) + 1
        if not count:
            break
        themes = compact(assign(rows, centres(rows, themes, count), floor=-1.0).themes)
    return themes


def compact(groups: Ints, smallest: int = 1) -> Ints:
    """Number groups by falling size, equal ones by their first row; small ones become `OTHER`."""
    values, first, counts = np.unique(groups, return_index=True, return_counts=True)
    kept = [
        place
        for place in np.lexsort((first, -counts))
        if values[place] >= 0 and counts[place] >= smallest
    ]
    numbers = np.full(len(values), OTHER, dtype=np.int64)
    numbers[kept] = np.arange(len(kept))
    return numbers[np.searchsorted(values, groups)]


def _majority(themes: Ints, broad: Ints) -> Ints:
    """For each theme the broad community that most of its rows are in."""
    count = int(themes.max(initial=OTHER)) + 1
    inside = (themes >= 0) & (broad >= 0)
    if not count or not inside.any():
        return np.zeros(count, dtype=np.int64)
    votes = np.zeros((count, int(broad.max()) + 1), dtype=np.int64)
    np.add.at(votes, (themes[inside], broad[inside]), 1)
    chosen = votes.argmax(axis=1)
    sizes = np.bincount(chosen, weights=votes.sum(axis=1), minlength=votes.shape[1])
    order = np.lexsort((np.arange(len(sizes)), -sizes))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[chosen]
