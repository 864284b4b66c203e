"""From the logits of a question-answering model to the likeliest answer spans.

Two things about scores are kept as the `question-answering` pipeline of Transformers 4.57.6 had
them: candidates that read the same are one answer with their scores added up, also those of
overlapping windows, so that the score of an answer can exceed 1; and the answer stands where the
first of them stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding

from workers.spans.words import trimmed, widened, without_space_before

#: Spans of a window that are considered, before whole words and equal texts make them fewer.
CANDIDATES = 12

Logits = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """How an answer is chosen; the defaults are the pipeline's.

    Attributes:
        longest: Tokens of an answer.
        may_be_none: Whether "there is none" is an answer like the others.
        none_from: Its probability from which on it is the answer; None where it has to be more
            probable than the likeliest span. A model that knows that there is an answer may be
            unsure where it ends, and then no single span is likely.
        by_words: Whether answers are widened to what the tokenizer takes for words; else to
            letters and digits that follow each other.
        context: Which sequence of the pair the document is: 1 behind the question, 0 before it.
    """

    longest: int = 15
    may_be_none: bool = False
    none_from: float | None = None
    by_words: bool = True
    context: int = 1


def best_span(
    text: str,
    windows: Sequence[tuple[Encoding, Logits]],
    cls: int | None,
    rules: AnswerRules = AnswerRules(),  # it cannot be changed
) -> tuple[int, int, float]:
    """The best span of all windows of a text.

    Args:
        text: All of it.
        windows: Pairs of a question with a part of the text, and their logits of start and end,
            (tokens, 2).
        cls: The token that stands for "no answer", if the model has one.
        rules: How it is chosen.

    Returns:
        Its first and its last character, exclusive, and its score; 0, 0 and the score of "there is
        none" where that is the best; 0, 0, 0 where no token can be an answer.
    """
    found: dict[str, tuple[int, int, float]] = {}
    none = 1.0
    for encoding, logits in windows:
        allowed = _allowed(encoding, cls, rules.context)
        if not allowed.any():
            continue
        starts, ends = (_probabilities(row, allowed) for row in logits.T)
        none = min(none, float(starts[0] * ends[0]))
        # "No answer" has its share of the probability but is no span.
        starts[0] = ends[0] = 0
        for first, last, score in _candidates(starts, ends, rules.longest):
            start, end = _characters(text, encoding, (first, last), rules)
            reads = text[start:end].lower()
            start, end, earlier = found.get(reads, (start, end, 0.0))
            found[reads] = (start, end, earlier + score)
    best = max(found.values(), key=lambda span: span[2], default=(0, 0, 0.0))
    least = best[2] if rules.none_from is None else rules.none_from
    if rules.may_be_none and found and none >= least:
        return 0, 0, none
    start, end, score = best
    return *without_space_before(text, start, end), score


def _allowed(encoding: Encoding, cls: int | None, context: int) -> npt.NDArray[np.bool_]:
    """The tokens that share in the probability: the context, and [CLS] for "no answer"; all, where
    the context stands first, since the pipeline masked nothing there.
    """
    if context == 0:
        return np.ones(len(encoding.ids), dtype=np.bool_)
    owners = zip(encoding.sequence_ids, encoding.ids, strict=True)
    return np.array(
        [owner == context or (owner is None and token == cls) for owner, token in owners]
    )


def _candidates(starts: Logits, ends: Logits, longest: int) -> Iterator[tuple[int, int, float]]:
    """The likeliest spans of a window as (first token, last token, probability), best first.

    The probability of a span is that of its first token being the start times that of its last
    token being the end, each a softmax over the allowed tokens of the window.
    """
    padded = np.concatenate((ends, np.zeros(longest - 1, dtype=ends.dtype)))
    # (tokens, longest): row i holds the spans that begin at token i.
    spans = starts[:, None] * np.lib.stride_tricks.sliding_window_view(padded, longest)
    scores = spans.ravel()
    kept = min(CANDIDATES, len(scores))
    best = np.argpartition(scores, -kept)[-kept:]
    for index in best[np.argsort(-scores[best], kind="stable")]:
        if scores[index] > 0:
            first, further = divmod(int(index), longest)
            yield first, first + further, float(scores[index])


def _probabilities(logits: Logits, allowed: npt.NDArray[np.bool_]) -> Logits:
    masked = np.where(allowed, logits, -np.inf)
    weights: Logits = np.exp(masked - masked.max())
    weights /= weights.sum()
    return weights


def _characters(
    text: str, encoding: Encoding, span: tuple[int, int], rules: AnswerRules
) -> tuple[int, int]:
    """The characters of a span of tokens, widened to whole words where the tokens are of words."""
    first, last = span
    if not rules.by_words:
        start, end = trimmed(text, encoding.offsets[first][0], encoding.offsets[last][1])
        return widened(text, start, end)
    words = encoding.token_to_word(first), encoding.token_to_word(last)
    if words[0] is not None and words[1] is not None:
        begin = encoding.word_to_chars(words[0], rules.context)
        until = encoding.word_to_chars(words[1], rules.context)
        if begin and until:
            return int(begin[0]), int(until[1])
    return int(encoding.offsets[first][0]), int(encoding.offsets[last][1])
