"""From the logits of a question-answering model to the likeliest answer spans.

Two things about scores are kept as the `question-answering` pipeline of Transformers 4.57.6 had
them: candidates that read the same are one answer with their scores added up, also those of
overlapping windows, so that the score of an answer can exceed 1; and the answer stands where the
first of them stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding

#: Tokens of an answer.
MAX_ANSWER = 15

#: Spans of a window that are considered, before whole words and equal texts make them fewer.
CANDIDATES = 12

_CONTEXT = 1  # the context is the second sequence of the pair

Logits = npt.NDArray[np.float32]


def best_span(
    text: str, windows: Sequence[tuple[Encoding, Logits]], cls: int | None
) -> tuple[int, int, float]:
    """The best span of all windows of a text.

    Args:
        text: All of it.
        windows: Pairs of a question with a part of the text, and their logits of start and end,
            (tokens, 2).
        cls: The token that stands for "no answer", if the model has one.

    Returns:
        Its first and its last character, exclusive, and its score; 0, 0, 0 where no token can be
        an answer.
    """
    found: dict[str, tuple[int, int, float]] = {}
    for encoding, logits in windows:
        for first, last, score in _candidates(logits.T, _allowed(encoding, cls)):
            start, end = _characters(encoding, first, last)
            reads = text[start:end].lower()
            start, end, earlier = found.get(reads, (start, end, 0.0))
            found[reads] = (start, end, earlier + score)
    return max(found.values(), key=lambda span: span[2], default=(0, 0, 0.0))


def _allowed(encoding: Encoding, cls: int | None) -> npt.NDArray[np.bool_]:
    """The tokens that share in the probability: the context, and [CLS] for "no answer"."""
    owners = zip(encoding.sequence_ids, encoding.ids, strict=True)
    return np.array(
        [owner == _CONTEXT or (owner is None and token == cls) for owner, token in owners]
    )


def _candidates(logits: Logits, allowed: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int, float]]:
    """The likeliest spans of a window as (first token, last token, probability), best first.

    The probability of a span is that of its first token being the start times that of its last
    token being the end, each a softmax over the allowed tokens of the window.
    """
    if not allowed.any():
        return
    starts, ends = (_probabilities(row, allowed) for row in logits)
    padded = np.concatenate((ends, np.zeros(MAX_ANSWER - 1, dtype=ends.dtype)))
    # (tokens, MAX_ANSWER): row i holds the spans that begin at token i.
    spans = starts[:, None] * np.lib.stride_tricks.sliding_window_view(padded, MAX_ANSWER)
    scores = spans.ravel()
    best = np.argpartition(scores, -CANDIDATES)[-CANDIDATES:]
    for index in best[np.argsort(-scores[best], kind="stable")]:
        if scores[index] > 0:
            first, further = divmod(int(index), MAX_ANSWER)
            yield first, first + further, float(scores[index])


def _probabilities(logits: Logits, allowed: npt.NDArray[np.bool_]) -> Logits:
    masked = np.where(allowed, logits, -np.inf)
    weights: Logits = np.exp(masked - masked.max())
    weights /= weights.sum()
    weights[0] = 0  # "no answer" has its share of the probability but is never given
    return weights


def _characters(encoding: Encoding, first: int, last: int) -> tuple[int, int]:
    """The characters of a span of tokens, widened to whole words where the tokens are of words."""
    words = encoding.token_to_word(first), encoding.token_to_word(last)
    if words[0] is not None and words[1] is not None:
        start = encoding.word_to_chars(words[0], _CONTEXT)
        end = encoding.word_to_chars(words[1], _CONTEXT)
        if start and end:
            return int(start[0]), int(end[1])
    return int(encoding.offsets[first][0]), int(encoding.offsets[last][1])
