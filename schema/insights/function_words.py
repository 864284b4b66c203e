"""Words that say nothing of what a text is about, in the language of the text.

A theme's name is made of what is left. English has a list of its own, `EMPTY_WORDS`, since reviews
have empty words that no list of a language has; the others are those of the package `stop-words`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from stop_words import get_stop_words

from schema.insights.words import EMPTY_WORDS, words

#: The languages of Europe that texts are told apart in (docs/languages.md), English aside; `nb` is
#: what the package calls Norwegian.
LANGUAGES = ("de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "hu", "ro")


def function_words(said: Iterable[str]) -> frozenset[str]:
    """The words that say nothing in the language of a text: that of which it has most such words,
    English where there is no such language.

    Args:
        said: The words of the text, as `words` gives them.
    """
    there = all_function_words().intersection(said)
    best, most = EMPTY_WORDS, len(there & EMPTY_WORDS)
    for empty in _lists():
        count = len(there & empty)
        if count > most:
            best, most = empty, count
    return best


@cache
def function_words_of(language: str | None) -> frozenset[str]:
    """The words of a language, ISO 639-1, that say nothing; none of one that has no list here."""
    if language == "en":
        return EMPTY_WORDS
    return dict(zip(LANGUAGES, _lists(), strict=True)).get(language or "", frozenset())


@cache
def all_function_words() -> frozenset[str]:
    """Those of all languages together."""
    return EMPTY_WORDS.union(*_lists())


@cache
def _lists() -> tuple[frozenset[str], ...]:
    return tuple(
        frozenset(word for entry in get_stop_words(code) for word in words(entry))
        for code in LANGUAGES
    )
