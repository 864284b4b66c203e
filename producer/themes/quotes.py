"""Quotes of a theme: near its centre, of readable length, and unlike each other."""

from __future__ import annotations

from collections.abc import Sequence

from schema.insights.copies import normalise
from schema.themes.passages import Passage

#: Passages nearest to the centre that quotes are chosen of.
CANDIDATES = 60
#: Words of a quote that is read with ease.
READABLE = range(5, 31)
#: The most that two quotes share of their words.
MOST_SHARED = 0.6


def choose_quotes(passages: Sequence[Passage], count: int) -> list[Passage]:
    """Choose some of passages that are ordered by nearness; those of readable length first."""
    readable = [one for one in passages if len(one.text.split()) in READABLE]
    chosen: list[Passage] = []
    said: list[set[str]] = []
    for passage in [*readable, *(one for one in passages if one not in readable)]:
        if len(chosen) == count:
            break
        words = set(normalise(passage.text).split())
        if words and all(_shared(words, other) <= MOST_SHARED for other in said):
            chosen.append(passage)
            said.append(words)
    return chosen


def _shared(left: set[str], right: set[str]) -> float:
    return len(left & right) / len(left | right)
