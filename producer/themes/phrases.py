"""Words and phrases of a text that can name a theme."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from schema.insights.words import EMPTY_WORDS, words

#: Words of a phrase, at the most.
LONGEST = 3

#: With which no name begins.
_LEADING = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "because", "but", "by", "for", "from", "had"),
        *("has", "have", "he", "her", "his", "if", "in", "is", "it", "its", "my", "of", "or"),
        *("our", "she", "so", "than", "that", "the", "their", "then", "there", "they", "this"),
        *("those", "these", "to", "was", "we", "were", "when", "which", "with", "you", "your"),
    )
)


def phrases(
    text: str, empty_words: Collection[str] = EMPTY_WORDS, longest: int = LONGEST
) -> set[str]:
    """Runs of words that begin and end with one that says something, and have one empty word
    inside at the most.

    Args:
        text: Of any length.
        empty_words: Words that say nothing in its language.
        longest: Words of a run, at the most.
    """
    said = words(text)
    empty = [word in empty_words for word in said]
    found = set()
    for size in range(1, longest + 1):
        for start in range(len(said) - size + 1):
            stop = start + size
            if empty[start] or empty[stop - 1] or sum(empty[start:stop]) > 1:
                continue
            if len(set(said[start:stop])) == size:
                found.add(" ".join(said[start:stop]))
    return found


def runs(text: str, sizes: range = range(3, 7)) -> set[str]:
    """All runs of so many words, whatever they say."""
    said = words(text)
    return {
        " ".join(said[start : start + size])
        for size in sizes
        for start in range(len(said) - size + 1)
    }


def is_whole(run: str, empty_words: Collection[str] = EMPTY_WORDS) -> bool:
    """Whether a run of words ends with one that says something, and does not begin with one that
    only leads over: of English a few words, of other languages any that say nothing.
    """
    said = run.split()
    leading = _LEADING if empty_words is EMPTY_WORDS else empty_words
    return said[-1] not in empty_words and said[0] not in leading


def overlap(left: str, right: str) -> bool:
    """Whether two phrases share a word, or the beginning of one."""
    return bool({word[:5] for word in left.split()} & {word[:5] for word in right.split()})


def word_pairs(text: str) -> set[str]:
    """Words that say something, and pairs of neighbours among all words."""
    said = words(text)
    single = {word for word in said if word not in EMPTY_WORDS}
    return single | {" ".join(pair) for pair in pairwise(said)}
