"""A name for each theme, of phrases that its texts have and others do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from producer.themes.grid import SQUARE, Grid, Ints, centres, from_sums, products
from producer.themes.phrases import is_whole, overlap, phrases, runs
from schema.insights.function_words import function_words
from schema.insights.words import words

#: Texts that a phrase is in at least, so that it is nobody's alone, …
FEWEST_TEXTS = 3
#: … and this part of a theme's texts, so that it is not a few customers' story.
LEAST_SHARE = 0.04
#: A phrase in more of all texts than this names no theme, …
MOST_TEXTS = 0.2
#: … unless this part of those is in one theme.
MOSTLY = 0.7
#: Phrases of a theme that are looked at closely, …
CANDIDATES = 30
#: … and those that are kept.
KEPT = 8
#: Where this part of a theme's texts have no word that says anything, as "Nothing." has none, …
SILENT = 0.2
#: … the theme is called by a word that this part has, so many times as often as all texts.
SAID_BY, OFTENER = 0.3, 4
#: What a phrase's score is multiplied by: its words to this power, …
LONGER = 1.5
#: … the part of its texts that is in this theme rather than in the next best, to this power, …
OWN = 2.0
#: … and the cosine of its texts with the theme's centre to this power.
NEAR = 2.0
#: A second phrase joins the first if its score is at least this part of it.
SECOND = 0.3
#: Name of a theme whose texts share no phrase.
NAMELESS = "(no common words)"


@dataclass(frozen=True, slots=True)
class ThemeName:
    """A name that no other theme has, and the most telling phrases."""

    name: str
    phrases: list[str]


def name_themes(
    texts: Sequence[str],
    rows: Grid,
    themes: Ints,
    unnamed: Sequence[bool],
    taken: set[str] | None = None,
) -> list[ThemeName]:
    """Name themes, the first ones first: a later one does not get a name that is taken.

    Args:
        texts: Different texts, …
        rows: … their vectors, …
        themes: … and the numbers of their themes, negative for none.
        unnamed: For each theme whether it needs a name; others get their phrases only.
        taken: Names that are taken before.
    """
    ranked = _rank(texts, rows, themes, centres(rows, themes, len(unnamed)))
    about_nothing = _empty_words(texts, themes, len(unnamed))
    taken = set(taken or ())
    named = []
    for theme, best in enumerate(ranked):
        name = ""
        if unnamed[theme]:
            members = [texts[row] for row in np.flatnonzero(themes == theme).tolist()]
            said = [about_nothing[theme]] if theme in about_nothing else []
            name = _free(chain(said, _proposals(best, members)), taken)
            taken.add(name)
        named.append(ThemeName(name, [phrase for phrase, _ in best[:KEPT]]))
    return named


def _free(proposals: Any, taken: set[str]) -> str:
    last = NAMELESS
    for last in proposals:
        if last not in taken:
            return str(last)
    number = 2
    while f"{last} ({number})" in taken:
        number += 1
    return f"{last} ({number})"


def _proposals(best: Sequence[tuple[str, float]], members: Sequence[str]) -> Any:
    """Names for a theme, the best first."""
    for place, (phrase, score) in enumerate(best):
        second = next(
            (
                other
                for other, value in best[place + 1 :]
                if value >= SECOND * score and not overlap(phrase, other)
            ),
            None,
        )
        if second is not None:
            yield f"{phrase} · {second}"
        elif " " not in phrase and (run := _typical_run(phrase, members)):
            # One word alone may say anything.
            yield run
        else:
            yield phrase
    if not best:
        yield NAMELESS


def _typical_run(word: str, members: Sequence[str]) -> str | None:
    """What is said around a word by several texts: the run of words that covers most of them."""
    counts: Counter[str] = Counter()
    for text in members:
        around = [run for run in runs(text) if word in run.split()]
        if around:
            empty = function_words(words(text))
            counts.update(run for run in around if is_whole(run, empty))
    often = [(count * len(run.split()), run) for run, count in counts.items()]
    often = [(value, run) for value, run in often if counts[run] >= FEWEST_TEXTS]
    return min(often, key=lambda one: (-one[0], one[1]))[1] if often else None


def _rank(
    texts: Sequence[str], rows: Grid, themes: Ints, middles: Grid
) -> list[list[tuple[str, float]]]:
    """For each theme its phrases with their scores, the best first."""
    terms, has = count_terms([_phrases(text) for text in texts], FEWEST_TEXTS, most=1.0)
    if not terms or not len(middles):
        return [[] for _ in middles]
    score = _scores(has, themes, len(middles))
    score *= np.array([len(term.split()) for term in terms]) ** LONGER
    best = [
        [term for term in np.argsort(-row, kind="stable")[:CANDIDATES] if row[term] > 0]
        for row in score
    ]
    wanted = sorted({int(term) for chosen in best for term in chosen})
    place = {term: index for index, term in enumerate(wanted)}
    sums = has[:, wanted].T.astype(np.int64) @ rows.astype(np.int64)
    near = products(middles, from_sums(np.asarray(sums))) / SQUARE
    ranked = []
    for theme, chosen in enumerate(best):
        valued = [
            (
                terms[term],
                float(score[theme, term] * max(near[theme, place[int(term)]], 0.05) ** NEAR),
            )
            for term in chosen
        ]
        ranked.append(sorted(valued, key=lambda one: (-one[1], one[0])))
    return ranked


def _empty_words(texts: Sequence[str], themes: Ints, count: int) -> dict[int, str]:
    """Of themes that are about nothing, such as answers to what could be better, the word that says
    so.
    """
    inside = [Counter[str]() for _ in range(count)]
    overall: Counter[str] = Counter()
    silent = np.zeros(count, dtype=np.int64)
    for text, theme in zip(texts, themes.tolist(), strict=True):
        said = set(words(text))
        empty = said & function_words(said)
        overall.update(empty)
        if theme >= 0:
            inside[theme].update(empty)
            silent[theme] += said == empty
    sizes = np.bincount(themes[themes >= 0], minlength=count)
    found = {}
    for theme in np.flatnonzero(silent > SILENT * sizes).tolist():
        size = int(sizes[theme])
        often = [
            (-number, word)
            for word, number in inside[theme].items()
            if number >= SAID_BY * size and number * len(texts) >= OFTENER * size * overall[word]
        ]
        if often:
            found[theme] = min(often)[1]
    return found


def _phrases(text: str) -> set[str]:
    return phrases(text, function_words(words(text)))


def count_terms(
    sets: Sequence[set[str]], fewest: int, most: float
) -> tuple[list[str], csr_array[Any, tuple[int, int]]]:
    """The terms that enough and not too many sets have, sorted, and which set has which."""
    counts = Counter(term for one in sets for term in one)
    limit = max(fewest, most * len(sets))
    terms = sorted(term for term, count in counts.items() if fewest <= count <= limit)
    column = {term: number for number, term in enumerate(terms)}
    indices = [sorted(column[term] for term in one if term in column) for one in sets]
    starts = np.cumsum([0, *map(len, indices)])
    flat = np.array([number for one in indices for number in one], dtype=np.int64)
    shape = (len(sets), len(terms))
    return terms, csr_array((np.ones(len(flat), dtype=np.int64), flat, starts), shape=shape)


def _scores(has: csr_array[Any, tuple[int, int]], themes: Ints, count: int) -> NDArray[np.float64]:
    """c-TF-IDF by texts, times how much a phrase is this theme's own."""
    inside = np.flatnonzero(themes >= 0)
    pick = csr_array(
        (np.ones(len(inside), dtype=np.int64), (themes[inside], inside)),
        shape=(count, has.shape[0]),
    )
    counts = (pick @ has).toarray().astype(np.float64)
    sizes = np.bincount(themes[inside], minlength=count)[:, None]
    share = counts / np.maximum(sizes, 1)
    said = np.asarray(has.sum(axis=0)).ravel()
    overall = said / has.shape[0]
    weight = np.maximum(share * np.log((share + 1e-6) / (overall + 1e-6)), 0)
    highest = np.sort(share, axis=0)
    first = highest[-1]
    second = highest[-2] if count > 1 else np.zeros_like(first)
    elsewhere = np.where(share == first, second, first)
    own = share / (share + elsewhere + 1e-9)
    common = (overall > MOST_TEXTS) & (counts.max(axis=0) < MOSTLY * said)
    return np.asarray(np.where(common | (share < LEAST_SHARE), 0.0, weight * own**OWN))
