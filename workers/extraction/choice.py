"""Which sentences of a text stand for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workers.encoders.interface import Floats
from workers.extraction.sentences import Span

#: Up to how many sentences a text is told in one, and up to how many in two; else in three.
_IN_ONE, _IN_TWO = 5, 12
#: What stands for sentences that were left out between two that were not.
_LEFT_OUT = " … "


def centrality(vectors: Floats, lengths: Floats) -> Floats:
    """How near each sentence is to what the whole text says.

    Args:
        vectors: Mean hidden state of each sentence, (sentences, width).
        lengths: Its tokens, (sentences,).

    Returns:
        (sentences,): cosine of each with the mean over the tokens of all.
    """
    whole = lengths @ vectors
    norms = np.linalg.norm(vectors, axis=1) * np.linalg.norm(whole)
    return np.asarray(vectors @ whole / np.maximum(norms, 1e-12), dtype=np.float32)


def chosen(scores: Sequence[float] | Floats) -> list[int]:
    """The sentences with the highest scores, in the order of the text; the earlier of two equals.

    Args:
        scores: One for each sentence, at least one.
    """
    count = 1 if len(scores) <= _IN_ONE else 2 if len(scores) <= _IN_TWO else 3
    best = sorted(range(len(scores)), key=lambda number: (-float(scores[number]), number))
    return sorted(best[:count])


def joined(text: str, spans: Sequence[Span], numbers: Sequence[int]) -> str:
    """The chosen sentences, with a mark where others stood between them."""
    parts = [text[slice(*spans[numbers[0]])]]
    for before, number in zip(numbers, numbers[1:], strict=False):
        parts.append(" " if number == before + 1 else _LEFT_OUT)
        parts.append(text[slice(*spans[number])])
    return "".join(parts)
