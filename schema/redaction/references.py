"""Numbers of orders, customers, parcels and contracts: those that are said to be one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from schema.redaction.found import Found, Kind
from schema.redaction.word_lists import in_language, one_of, word_lists

#: Letters, digits, and what stands between them; at least four digits, or three behind a `#`.
_TOKEN = r"(?=(?:[A-Z/.\-]*\d){{{digits}}})(?:[A-Z]{{0,4}}\d|[A-Z]{{1,4}}[-/])(?:[-/.]?[A-Z0-9])*"


def find_references(text: str, language: str | None) -> Iterator[Found]:
    """Where they are.

    Args:
        text: Any.
        language: That of its words; None if it is not known.
    """
    if not any(character.isdigit() for character in text):
        return
    for pattern in _patterns(language):
        for one in pattern.finditer(text):
            yield Found(*one.span("number"), Kind.NUMBER)


@cache
def _patterns(language: str | None) -> tuple[re.Pattern[str], ...]:
    lists = word_lists("numbers")
    nouns, marks = one_of(in_language(lists["nouns"], language)), one_of(lists["marks"])
    words = one_of([word for found in lists["words"].values() for word in found])
    token, short = _TOKEN.format(digits=4), _TOKEN.format(digits=3)
    is_word = r"(?:\s+(?:is|ist|lautet|est|es|è|war|was))?"
    announced = rf"(?:{nouns})s?\W?\s?(?:{marks})\.?{is_word}\s*[:#№]?\s*(?:°|º)?\s*[#\"“(]?"
    noun_alone = rf"(?:{nouns})\s*[:(]?\s*"
    # Of a noun alone: a token that is no year and no count.
    strange = r"(?=\S*[A-Z/\-]|\d{6})"
    start, flags = r"(?<!\w)", re.IGNORECASE
    return (
        re.compile(rf"{start}{announced}(?P<number>{short})", flags),
        re.compile(rf"{start}(?:{words})\.?{is_word}\W{{0,3}}(?P<number>{short})", flags),
        re.compile(rf"{start}{noun_alone}[#№]\s?(?P<number>{short})", flags),
        re.compile(rf"{start}{noun_alone}(?P<number>{strange}{token})", flags),
    )
