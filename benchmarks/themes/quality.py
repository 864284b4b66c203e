"""Whether what is found is what people had labelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.themes.data import Comments, Labelled
from benchmarks.themes.scores import adjusted_rand, normalized_information, purity
from producer.themes.assignment import assign
from producer.themes.clustering import Clustering, cluster
from producer.themes.fit import measure
from producer.themes.grid import Grid, Ints, centres
from producer.themes.naming import name_themes
from producer.themes.sample import SAMPLE, HashSample


class Sampled(NamedTuple):
    """Themes of a sample, and of all rows."""

    sample: HashSample
    clustering: Clustering
    centres: Grid
    themes: Ints


def find(
    texts: Sequence[str], rows: Grid, before: Ints | None = None, size: int = SAMPLE
) -> Sampled:
    """What `triage themes` does with clauses, without a database."""
    sample = HashSample(size)
    sample.add(texts, rows)
    clustering = cluster(sample.vectors, before)
    middles = centres(sample.vectors, clustering.themes, len(clustering.broad))
    least, _ = measure(sample.vectors, middles)
    return Sampled(sample, clustering, middles, assign(rows, middles, least).themes)


def score_labels(data: Labelled, rows: Grid) -> dict[str, float]:
    """How well themes and labels agree; other counts as a theme."""
    found = find(data.texts, rows)
    nearest = assign(rows, found.centres, floor=-1.0).themes
    return {
        "themes": float(len(found.centres)),
        "other": float((found.themes < 0).mean()),
        "ARI": adjusted_rand(data.labels, found.themes),
        "NMI": normalized_information(data.labels, found.themes),
        "purity": purity(data.labels, found.themes),
        "ARI without floor": adjusted_rand(data.labels, nearest),
    }


def score_comments(data: Comments, rows: Grid) -> dict[str, float]:
    """Themes of clauses against several labels a comment: names are learnt on one half of the
    comments, and scored on the other; the mean of four ways to halve them.
    """
    found = find(data.clauses, rows)
    themes: list[set[int]] = [set() for _ in data.labels]
    for owner, theme in zip(data.owners, found.themes.tolist(), strict=True):
        if theme >= 0:
            themes[owner].add(theme)
    scores = [_halved(data.labels, themes, seed) for seed in range(4)]
    shown = {key: float(np.mean([one[key] for one in scores])) for key in scores[0]}
    bare = float(np.mean([not one for one in themes]))
    return {"themes": float(len(found.centres)), **shown, "without theme": bare}


def _halved(truth: Sequence[set[str]], themes: Sequence[set[int]], seed: int) -> dict[str, float]:
    labels = sorted(set().union(*truth))
    number = {label: place for place, label in enumerate(labels)}
    learn = np.random.default_rng(seed).random(len(truth)) < 0.5
    seen = np.zeros((max((theme for one in themes for theme in one), default=0) + 1, len(labels)))
    for row in np.flatnonzero(learn).tolist():
        for theme in themes[row]:
            for label in truth[row]:
                seen[theme, number[label]] += 1 / len(truth[row])
    name = seen.argmax(axis=1)
    hits = said = wanted = several = many = 0
    for row in np.flatnonzero(~learn).tolist():
        given = {labels[name[theme]] for theme in themes[row]}
        right = len(given & truth[row])
        hits, said, wanted = hits + right, said + len(given), wanted + len(truth[row])
        if len(truth[row]) > 1:
            many, several = many + 1, several + (right > 1)
    precision, recall = hits / max(said, 1), hits / wanted
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"F1": f1, "two or more of several": several / max(many, 1)}


def list_names(data: Labelled, rows: Grid, count: int = 20) -> list[str]:
    """The largest themes: size, name, and the labels that most of their texts have."""
    found = find(data.texts, rows)
    label = dict(zip(data.texts, data.labels, strict=True))
    themes = found.clustering.themes
    named = name_themes(
        found.sample.texts, found.sample.vectors, themes, [True] * len(found.centres)
    )
    lines = [f"{len({one.name for one in named})} names of {len(named)} themes"]
    for theme in range(min(count, len(named))):
        members = [label[found.sample.texts[row]] for row in np.flatnonzero(themes == theme)]
        values, counts = np.unique(members, return_counts=True)
        order = np.argsort(-counts)[:2]
        said = ", ".join(f"{values[one]} {counts[one] / len(members):.0%}" for one in order)
        lines.append(f"{len(members):5d}  {named[theme].name:44s}  {said}")
    return lines
