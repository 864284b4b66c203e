"""What stays when texts are the same, fewer, more, or about something new."""

from __future__ import annotations

import numpy as np

from benchmarks.themes.data import Labelled
from benchmarks.themes.quality import Sampled, find
from benchmarks.themes.scores import adjusted_rand
from producer.themes.assignment import FLOOR, OTHER, assign
from producer.themes.fit import Fit, measure
from producer.themes.grid import Grid, Ints
from producer.themes.leftovers import cluster_leftovers
from producer.themes.matching import match
from producer.themes.sample import HashSample

#: Intents that come later, and the part of a theme's texts that makes it one of them.
LATE, MOST = 10, 0.6


def same_rows(data: Labelled, rows: Grid) -> bool:
    """Whether shuffled texts in other blocks give each text the same theme."""
    once = find(data.texts, rows)
    order = np.random.default_rng(1).permutation(len(rows))
    sample = HashSample()
    for block in np.array_split(order, 7):
        sample.add([data.texts[row] for row in block.tolist()], rows[block])
    again = find(sample.texts, sample.vectors)
    least, _ = measure(again.sample.vectors, again.centres)
    there = assign(rows, again.centres, least)
    return bool(
        np.array_equal(once.centres, again.centres) and np.array_equal(once.themes, there.themes)
    )


def score_fewer(data: Labelled, rows: Grid, seed: int) -> float:
    """ARI of the themes of all texts and of those of 90 % of them."""
    part = np.sort(np.random.default_rng(seed).permutation(len(rows))[: int(0.9 * len(rows))])
    whole = find(data.texts, rows).themes[part]
    return adjusted_rand(whole, _find(data, rows, part).themes)


def score_more(data: Labelled, rows: Grid, seed: int) -> float:
    """The share of texts that keep their id in a rebuild when a quarter more have come."""
    base = np.sort(np.random.default_rng(seed).permutation(len(rows))[: int(0.8 * len(rows))])
    old = _find(data, rows, base)
    sample = HashSample()
    sample.add(data.texts, rows)
    before = assign(sample.vectors, old.centres, FLOOR).themes
    new = find(data.texts, rows, before)
    pairs = match(old.centres, new.centres)
    kept = np.array([pairs.get(theme, OTHER - 1) for theme in new.themes[base].tolist()])
    inside = old.themes >= 0
    return float((kept[inside] == old.themes[inside]).mean())


def _find(data: Labelled, rows: Grid, part: Ints) -> Sampled:
    return find([data.texts[row] for row in part.tolist()], rows[part])


def find_late(data: Labelled, rows: Grid, seed: int) -> tuple[int, int]:
    """Ten intents come later among as many texts of the others: how many are found as new themes,
    and how many new themes are none of them.
    """
    labels = np.array(data.labels)
    random = np.random.default_rng(seed)
    unknown = random.choice(np.unique(labels), LATE, replace=False)
    late = np.isin(labels, unknown)
    old, new = np.flatnonzero(~late), np.flatnonzero(late)
    arriving = np.concatenate([new, random.choice(old, len(new), replace=False)])
    known = _find(data, rows, old)
    fit = Fit.of_embeddings(*measure(known.sample.vectors, known.centres))
    left = arriving[assign(rows[arriving], known.centres).cosines < fit.late_below]
    sample = HashSample()
    texts = [data.texts[row] for row in left.tolist()]
    sample.add(texts, rows[left])
    label = dict(zip(texts, labels[left].tolist(), strict=True))
    themes = cluster_leftovers(sample.vectors, known.centres, fit.least_mean)
    hits, false = set(), 0
    for theme in range(int(themes.max(initial=OTHER)) + 1):
        members = [label[sample.texts[row]] for row in np.flatnonzero(themes == theme).tolist()]
        names, counts = np.unique(members, return_counts=True)
        best = names[counts.argmax()]
        if best in unknown and counts.max() >= MOST * len(members):
            hits.add(best)
        else:
            false += 1
    return len(hits), false
