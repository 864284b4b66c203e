"""Themes of a sample of clauses: communities of the graph of neighbours, on two levels."""

from __future__ import annotations

import math
from typing import NamedTuple

import graspologic_native
import numpy as np
from numpy.typing import NDArray

from producer.themes.assignment import OTHER, assign
from producer.themes.graph import Edges, neighbour_graph
from producer.themes.grid import Grid, Ints, centres

#: Clauses of the smallest theme.
SMALLEST = 8
#: How finely the broad level cuts: at most some fifty themes.
BROAD_RESOLUTION = 1.0
#: How finely the other level cuts a sample of so many clauses; …
RESOLUTION = 6.0
TYPICAL = 5_000
#: … a larger one, whose neighbours are nearer, less finely, down to this; …
LEAST_RESOLUTION = 4.5
#: … a smaller one more finely, up to this, …
MOST_RESOLUTION = 8.0
#: … unless it has fewer clauses than this: then by its share, as there are fewer themes too.
FEW = 1_500
#: Rounds in which every clause goes to the nearest centre, and centres are made anew.
ROUNDS = 3
#: The last search draws from this seed: the same graph, the same communities.
SEED = 1
#: Searches that vote, with the seeds from 1 on.
VOTES = 8
#: What is left of an edge's weight if all of them put its ends apart.
LEAST_TRUST = 0.05


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
    themes = move_to_nearest(rows, communities(edges, len(rows), resolution_for(len(rows)), before))
    broad = communities(edges, len(rows), BROAD_RESOLUTION)
    return Clustering(themes, _majority(themes, broad))


def resolution_for(size: int) -> float:
    """How finely a sample of so many clauses is cut."""
    if size < FEW:
        return max(BROAD_RESOLUTION, MOST_RESOLUTION * size / FEW)
    wanted = RESOLUTION * math.sqrt(TYPICAL / size)
    return min(MOST_RESOLUTION, max(LEAST_RESOLUTION, wanted))


def communities(edges: Edges, size: int, resolution: float, before: Ints | None = None) -> Ints:
    """Communities of great modularity by the Leiden algorithm; `OTHER` without an edge.

    One search depends much on where it begins. So several quick ones vote first: an edge whose ends
    they put apart loses weight (ensemble clustering, Poulin and Théberge, 2018).
    """
    if not len(edges.left):
        return np.full(size, OTHER, dtype=np.int64)
    graph = _Graph(edges, size, resolution, before)
    together = np.zeros(len(edges.left))
    for seed in range(1, VOTES + 1):
        found = graph.search(edges.weight, seed, iterations=1)
        together += found[edges.left] == found[edges.right]
    trust = LEAST_TRUST + (1 - LEAST_TRUST) * together / VOTES
    return graph.search(edges.weight * trust, SEED, iterations=3)


class _Graph:
    """A graph as the library wants it, with names for rows."""

    def __init__(self, edges: Edges, size: int, resolution: float, before: Ints | None) -> None:
        names = [str(row) for row in range(size)]
        self._left = [names[row] for row in edges.left.tolist()]
        self._right = [names[row] for row in edges.right.tolist()]
        self._size = size
        self._resolution = resolution
        self._start = None if before is None else _start(edges, names, before)

    def search(self, weights: NDArray[np.float64], seed: int, iterations: int) -> Ints:
        """Search once; the same seed finds the same."""
        _, parts = graspologic_native.leiden(
            edges=list(zip(self._left, self._right, weights.tolist(), strict=True)),
            starting_communities=self._start,
            resolution=self._resolution,
            randomness=0.001,
            iterations=iterations,
            use_modularity=True,
            seed=seed,
            trials=1,
        )
        found = np.full(self._size, OTHER, dtype=np.int64)
        found[[int(name) for name in parts]] = list(parts.values())
        return found


def _start(edges: Edges, names: list[str], before: Ints) -> dict[str, int]:
    """The communities to start from: those that are known, and each other row its own."""
    alone = int(before.max(initial=OTHER)) + 1 + np.arange(len(before))
    start = np.where(before >= 0, before, alone)
    linked = np.unique(np.concatenate([edges.left, edges.right]))
    return {names[row]: int(start[row]) for row in linked}


def move_to_nearest(rows: Grid, groups: Ints, smallest: int = SMALLEST) -> Ints:
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
    return np.asarray(numbers[np.searchsorted(values, groups)])


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
    return np.asarray(rank[chosen])
