"""Grouping: from a label for each token to entities, by the rules of `token-classification` of
Transformers 4.57.6 with `aggregation_strategy="simple"`; `workers.spans.words` makes whole words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workers.encoders.interface import Floats

#: What a model calls a token that belongs to no entity.
_OUTSIDE = "O"


class TokenPredictions(NamedTuple):
    """What a model makes of consecutive tokens, or words.

    Attributes:
        labels: (tokens), int64: of each the number of its likeliest label.
        scores: (tokens), float32: the probability of that.
        probabilities: (tokens, labels), float32: of every label; without columns where nobody asks
            for them.
    """

    labels: npt.NDArray[np.int64]
    scores: Floats
    probabilities: Floats

    def at(self, places: slice | npt.NDArray[np.int64]) -> TokenPredictions:
        """Some of the tokens."""
        return TokenPredictions(*(array[places] for array in self))  # type: ignore[arg-type]


class Span(NamedTuple):
    """Tokens that name one thing.

    Attributes:
        kind: What it is.
        first: Place of its first token.
        last: Of its last.
        score: Mean probability of the labels.
    """

    kind: str
    first: int
    last: int
    score: float


class EntityAggregation:
    """Puts tokens together.

    Args:
        labels: Names, in the order of their numbers.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._kinds = [label.split("-", 1)[-1] for label in labels]
        self._outside = np.array([kind == _OUTSIDE for kind in self._kinds])
        #: Whether a token of one label (column) goes with one of another (row) before it.
        self._continues = np.array(
            [[_continues(label, before) for label in labels] for before in labels]
        )

    def spans(self, judged: TokenPredictions) -> list[Span]:
        """The entities, in the order of their tokens."""
        labels, scores, _ = judged
        if self._outside[labels].all():
            return []
        begins = np.flatnonzero(~self._continues[labels[:-1], labels[1:]]) + 1
        firsts = np.concatenate(([0], begins))
        counts = np.diff(firsts, append=len(labels))
        means = np.add.reduceat(scores, firsts) / counts.astype(np.float32)
        # Rows of (kind, first token, tokens, score), of entities alone.
        named = ~self._outside[labels[firsts]]
        columns = (part[named].tolist() for part in (labels[firsts], firsts, counts, means))
        return [
            Span(self._kinds[label], first, first + count - 1, score)
            for label, first, count, score in zip(*columns, strict=True)
        ]


def merged(firsts: Sequence[int], windows: Sequence[TokenPredictions]) -> TokenPredictions:
    """The tokens of a document, each once: of what two windows share, the first half is judged by
    the earlier and the second half by the later.

    Args:
        firsts: Place of each window's first token among the document's.
        windows: What was made of each, in their order.
    """
    if len(windows) == 1:
        return windows[0]
    parts: list[TokenPredictions] = []
    length = 0
    for first, window in zip(firsts, windows, strict=True):
        shared = length - first
        kept = shared // 2
        if kept:
            parts[-1] = parts[-1].at(slice(None, -kept))
        parts.append(window.at(slice(shared - kept, None)))
        length = first + len(window.labels)
    return TokenPredictions(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _continues(label: str, before: str) -> bool:
    """Whether a token goes with the one before: labels without B- or I- count as I-."""
    return not label.startswith("B-") and _kind(label) == _kind(before)


def _kind(label: str) -> str:
    return label[2:] if label.startswith(("B-", "I-")) else label
