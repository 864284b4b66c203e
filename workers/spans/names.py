"""Words that models of entities take for names, since they stand at the beginning of a sentence."""

from __future__ import annotations

from schema.insights.function_words import function_words_of

#: People are called so, too.
_GIVEN_NAMES = frozenset({"may", "will"})
#: What ends a sentence, or begins one, before its first word.
_BETWEEN = ".!?…:;\n\"'“”„«»‘(-–—*•"


def is_function_word(text: str, start: int, end: int, language: str | None) -> bool:
    """Whether a stretch of text is one word that says nothing in the language ("De", "eine"), and
    is no name: it has no capital letter, or only since a sentence begins with it.

    Args:
        text: Of the document.
        start: Of the stretch, in characters.
        end: Behind it.
        language: ISO 639-1; None where nobody knows, and nothing is such a word.
    """
    word = text[start:end]
    lower = word.lower()
    if lower in _GIVEN_NAMES or lower not in function_words_of(language):
        return False
    # Who is meant by "US" and "IT" is no function word.
    if word.isupper() and len(word) > 1:
        return False
    before = text[:start].rstrip(" \t")
    return word[0].islower() or not before or before[-1] in _BETWEEN
