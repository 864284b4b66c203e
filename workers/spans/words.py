"""Words in place of tokens: a word has one label, so that no entity begins or ends within one.

The ways to choose the label are those of Transformers' `aggregation_strategy`, and named alike.
What a word is differs: there, whatever stands between two spaces, "DHL," with its comma; here,
letters and digits that follow each other, so that the comma is a word of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from schema.catalog import Aggregation
from workers.spans.aggregation import Span, TokenPredictions

Offsets = Sequence[tuple[int, int]]
#: What names end with beside letters and digits.
_AT_THE_END = "+#"


def word_starts(text: str, offsets: Offsets) -> npt.NDArray[np.int64]:
    """The places of the tokens with which words begin, in order.

    Args:
        text: Of the document.
        offsets: Begin and end of each token in characters; those without any go with the word
            before them.
    """
    starts: list[int] = []
    until = -1
    for place, (begin, end) in enumerate(offsets):
        begin = _without_space(text, begin, end)
        goes_on = begin >= end or (begin == until and _joined(text, begin))
        if not goes_on or not starts:
            starts.append(place)
        until = max(until, end)
    return np.array(starts, dtype=np.int64)


def by_word(
    tokens: TokenPredictions, starts: npt.NDArray[np.int64], aggregation: Aggregation
) -> TokenPredictions:
    """What is said of each word.

    Args:
        tokens: What was said of each token; with probabilities for `average`.
        starts: Of each word the place of its first token.
        aggregation: `first`, `max` or `average`.
    """
    if aggregation == "average":
        counts = np.diff(starts, append=len(tokens.labels)).astype(np.float32)
        sums = np.add.reduceat(tokens.probabilities, starts)
        means = (sums / counts[:, None]).astype(np.float32)
        return TokenPredictions(means.argmax(axis=-1), means.max(axis=-1), means)
    chosen = starts
    if aggregation == "max":
        ends = [*starts[1:].tolist(), len(tokens.labels)]
        chosen = np.array(
            [
                s + int(tokens.scores[s:e].argmax())
                for s, e in zip(starts.tolist(), ends, strict=True)
            ]
        )
    return tokens.at(chosen)


def in_tokens(span: Span, starts: npt.NDArray[np.int64], tokens: int) -> Span:
    """A span of words as one of tokens."""
    end = int(starts[span.last + 1]) if span.last + 1 < len(starts) else tokens
    return span._replace(first=int(starts[span.first]), last=end - 1)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Begin and end without spaces: SentencePiece counts the space before a word to the word."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return _without_space(text, start, end), end


def name_edges(text: str, start: int, end: int) -> tuple[int, int]:
    """Begin and end of what can be a name: letters, digits and the marks of C++ and C#; but not one
    Latin letter or digit alone, which nearly always is what was left of "vitamin A" or "J. Smith".

    Returns:
        Equal ones where the stretch holds no name.
    """
    while end > start and not (_in_word(text[end - 1]) or text[end - 1] in _AT_THE_END):
        end -= 1
    while start < end and not _in_word(text[start]):
        start += 1
    is_initial = end - start == 1 and text[start].isascii()
    return start, start if is_initial else end


def without_space_before(text: str, start: int, end: int) -> tuple[int, int]:
    """Begin and end without the one space before the first word, which many tokenizers count to the
    word: Transformers 4.57.6 let such a span begin on the space. Nothing else is cut off.
    """
    first, second = text[start : start + 1], text[start + 1 : start + 2]
    if end - start > 1 and first.isspace() and not second.isspace():
        return start + 1, end
    return start, end


def widened(text: str, start: int, end: int) -> tuple[int, int]:
    """Begin and end of the letters and digits that a stretch of text cuts."""
    while start < end and _joined(text, start):
        start -= 1
    while start < end < len(text) and _joined(text, end):
        end += 1
    return start, end


def _without_space(text: str, begin: int, end: int) -> int:
    while begin < end and text[begin].isspace():
        begin += 1
    return begin


def _joined(text: str, place: int) -> bool:
    """Whether a word goes on across this place; H&M is one."""
    if place <= 0 or place >= len(text):
        return False
    if text[place] == "&":
        return _in_word(text[place - 1]) and _in_word(text[place + 1 : place + 2])
    if text[place - 1] == "&":
        return place > 1 and _in_word(text[place - 2]) and _in_word(text[place])
    return _in_word(text[place - 1]) and _in_word(text[place])


def _in_word(character: str) -> bool:
    # Marks of scripts whose letters carry them are no letters to Python.
    return character.isalnum() or character == "_" or "\u0300" <= character[:1] <= "\u036f"
