"""Metrics of labels: one of a text, or several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from workers.evaluate.score import Doubles, Scored, f1, ratio


def score_labels(wanted: Sequence[str], said: Sequence[str], sure: Sequence[bool]) -> Scored:
    """Accuracy, macro-F1, and precision, recall and F1 of each class, as scikit-learn has them.

    Args:
        wanted: What people say of each text.
        said: What the model says.
        sure: Whether it is sure of that; the first figures count it all the same.
    """
    classes = sorted({*wanted, *said})
    sets = _counted(classes, [{one} for one in wanted], [{one} for one in said])
    right = np.array([one == other for one, other in zip(wanted, said, strict=True)])
    is_sure = np.array(sure, dtype=bool)
    figures = np.column_stack([np.ones(len(right)), right, is_sure, right & is_sure, sets])

    # In each draw the same scores, though it may have no unsure text.
    some_unsure = not is_sure.all()

    def scores_of(sums: Doubles) -> Mapping[str, float]:
        total, hits, kept, kept_hits = sums[:4]
        scores = {"accuracy": ratio(hits, total), "macro F1": _macro(classes, sums[4:])}
        if some_unsure:
            scores["share unsure"] = ratio(total - kept, total)
            scores["accuracy where sure"] = ratio(kept_hits, kept)
        return scores | _by_class(classes, sums[4:])

    def counts_of(sums: Doubles) -> Mapping[str, tuple[float, float]]:
        total, hits, kept, kept_hits = sums[:4]
        whole = {"accuracy": (hits, total), "macro F1": (hits, total)}
        sure = {"share unsure": (total - kept, total), "accuracy where sure": (kept_hits, kept)}
        return whole | sure | _counts_by_class(classes, sums[4:])

    return Scored(figures.astype(np.float64), scores_of, counts_of)


def score_label_sets(wanted: Sequence[set[str]], said: Sequence[set[str]]) -> Scored:
    """Micro- and macro-F1, exact matches, and precision, recall and F1 of each class."""
    classes = sorted(set().union(*wanted, *said))
    exact = np.array([one == other for one, other in zip(wanted, said, strict=True)])
    figures = np.column_stack([np.ones(len(exact)), exact, _counted(classes, wanted, said)])

    def scores_of(sums: Doubles) -> Mapping[str, float]:
        hits, named, asked = sums[2:].reshape(3, -1)
        scores = {
            "micro F1": f1(hits.sum(), named.sum(), asked.sum()),
            "macro F1": _macro(classes, sums[2:]),
            "exact match": ratio(sums[1], sums[0]),
        }
        return scores | _by_class(classes, sums[2:])

    def counts_of(sums: Doubles) -> Mapping[str, tuple[float, float]]:
        whole = dict.fromkeys(("micro F1", "macro F1", "exact match"), (sums[1], sums[0]))
        return whole | _counts_by_class(classes, sums[2:])

    return Scored(figures.astype(np.float64), scores_of, counts_of)


def confusion(wanted: Sequence[str], said: Sequence[str]) -> list[tuple[str, str, int]]:
    """How often the model says what of texts of each class, as (people, model, texts)."""
    counts = Counter(zip(wanted, said, strict=True))
    return [(*both, count) for both, count in sorted(counts.items())]


def _counted(
    classes: Sequence[str], wanted: Sequence[set[str]], said: Sequence[set[str]]
) -> Doubles:
    """By text whether each class is a hit, named, wanted: (texts, 3 × classes)."""
    rows = [
        [
            *(name in one and name in other for name in classes),
            *(name in other for name in classes),
            *(name in one for name in classes),
        ]
        for one, other in zip(wanted, said, strict=True)
    ]
    return np.array(rows, dtype=np.float64).reshape(len(wanted), 3 * len(classes))


def _macro(classes: Sequence[str], sums: Doubles) -> float:
    """The mean F1 of the classes that somebody names."""
    hits, named, asked = sums.reshape(3, -1)
    there = [place for place in range(len(classes)) if named[place] + asked[place]]
    values = [f1(hits[place], named[place], asked[place]) for place in there]
    return ratio(sum(values), len(values))


def _counts_by_class(classes: Sequence[str], sums: Doubles) -> dict[str, tuple[float, float]]:
    """Hits of how many; of F1, which is no share, of the larger number of the two."""
    hits, named, asked = sums.reshape(3, -1)
    counts = {}
    for place, name in enumerate(classes):
        counts[f"{name}: precision"] = (hits[place], named[place])
        counts[f"{name}: recall"] = (hits[place], asked[place])
        counts[f"{name}: F1"] = (hits[place], max(named[place], asked[place]))
    return counts


def _by_class(classes: Sequence[str], sums: Doubles) -> dict[str, float]:
    hits, named, asked = sums.reshape(3, -1)
    scores = {}
    for place, name in enumerate(classes):
        scores[f"{name}: precision"] = ratio(hits[place], named[place])
        scores[f"{name}: recall"] = ratio(hits[place], asked[place])
        scores[f"{name}: F1"] = f1(hits[place], named[place], asked[place])
    return scores
