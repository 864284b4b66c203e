"""Metrics of entities, by seqeval: of tokens with tags, as CoNLL has them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workers.evaluate.library import library
from workers.evaluate.score import Doubles, Scored, f1, ratio

#: An entity as (type, start, end), in characters.
Span = tuple[str, int, int]


def score_spans(
    texts: Sequence[str], wanted: Sequence[Sequence[Span]], said: Sequence[Sequence[Span]]
) -> Scored:
    """Precision, recall and F1 over all entities, and of each type; seqeval decides which are the
    same: those with the same type and the same tokens.
    """
    find: Any = library("seqeval.metrics.sequence_labeling").get_entities
    pairs = []
    for text, one, other in zip(texts, wanted, said, strict=True):
        tokens = tokens_of(text, (*one, *other))
        pairs.append(tuple(set(find(tags_of(tokens, spans))) for spans in (one, other)))
    kinds = sorted({span[0] for pair in pairs for found in pair for span in found})
    rows = [
        [
            *(sum(one[0] == kind for one in gold & found) for kind in kinds),
            *(sum(one[0] == kind for one in found) for kind in kinds),
            *(sum(one[0] == kind for one in gold) for kind in kinds),
        ]
        for gold, found in pairs
    ]

    def scores_of(sums: Doubles) -> Mapping[str, float]:
        hits, named, asked = sums.reshape(3, -1)
        scores = _three("", hits.sum(), named.sum(), asked.sum())
        for place, kind in enumerate(kinds):
            scores |= _three(f"{kind}: ", hits[place], named[place], asked[place])
        return scores

    figures = np.array(rows, dtype=np.float64).reshape(len(texts), 3 * len(kinds))
    return Scored(figures, scores_of)


def _three(prefix: str, hits: float, named: float, asked: float) -> dict[str, float]:
    return {
        f"{prefix}F1": f1(hits, named, asked),
        f"{prefix}precision": ratio(hits, named),
        f"{prefix}recall": ratio(hits, asked),
    }


def tokens_of(text: str, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Words, cut where an entity begins or ends, so that tags say exactly what the spans do."""
    cuts = {place for _, start, end in spans for place in (start, end)}
    tokens = []
    for word in re.finditer(r"\S+", text):
        inside = sorted(place for place in cuts if word.start() < place < word.end())
        borders = [word.start(), *inside, word.end()]
        tokens += list(zip(borders, borders[1:], strict=False))
    return tokens


def tags_of(tokens: Sequence[tuple[int, int]], spans: Sequence[Span]) -> list[str]:
    """The tag of each token: B-TYPE, I-TYPE or O."""
    tags = ["O"] * len(tokens)
    for kind, start, end in spans:
        inside = [place for place, one in enumerate(tokens) if start <= one[0] and one[1] <= end]
        for ordinal, place in enumerate(inside):
            tags[place] = f"{'I' if ordinal else 'B'}-{kind}"
    return tags
