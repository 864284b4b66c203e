"""Greetings, thanks in advance, closings and calls for help: what letters say and are not about.

Support letters are full of them, and without a look at them the largest themes of a help desk are
“Dear Sir or Madam” and “Kind regards”.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schema.insights.function_words import function_words
from schema.insights.words import words

PHRASES = Path(__file__).with_name("courtesies.toml")
#: Words of a salutation or a closing, with the name that goes with it, at the most; …
_SHORT = 9
#: … and of any courtesy.
_LONGEST = 26
#: Of the clauses of a theme that is nothing but manners; of 700 tickets such a theme has .5 to 1 of
#: both, of two sets of reviews each has less than .42 of one.
_MANNERS = 0.5
#: What stands in place of a name or a number in redacted texts.
_PLACEHOLDER = re.compile(
    r"<[A-Za-z_ ]{1,20}>|\[[A-Za-z_ ]{1,20}\]|\bX{2,}(?:[/-](?:X{2,}|\d{2,4}))*\b"
)
#: One of these is in each.
_MARKS = ("<", "[", "XX")


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Those of all languages; see `courtesies.toml`. A word is of a part if it begins so."""

    begins: tuple[str, ...]
    telling: tuple[str, ...]
    other: frozenset[str]
    known: tuple[str, ...]
    details: tuple[str, ...]
    topics: tuple[str, ...]
    quick: re.Pattern[str]


def is_courtesy(text: str) -> bool:
    """Whether a clause is nothing but courtesy, in one of seven languages, or says who writes and
    how to reach them, where that was taken out: "my number is <number>".

    Args:
        text: A clause, or a sentence.
    """
    phrases = _phrases()
    is_redacted = any(mark in text for mark in _MARKS) and bool(_PLACEHOLDER.search(text))
    # Most of feedback has no such word, and needs no second look.
    if not is_redacted and not phrases.quick.search(text.lower()):
        return False
    said = words(_PLACEHOLDER.sub(" ", text))
    if not said or len(said) > _LONGEST:
        return is_redacted and not said
    if len(said) <= _SHORT and f"{' '.join(said)} ".startswith(phrases.begins):
        return True
    telling = (word for word in said if word not in phrases.other)
    if not is_redacted and not any(word.startswith(phrases.telling) for word in telling):
        return False
    known = phrases.known + phrases.details if is_redacted else phrases.known
    left = {word for word in said if not word.startswith(known) or word in phrases.other}
    return left <= function_words(said)


def are_manners(texts: Sequence[str]) -> bool:
    """Whether some clauses have nothing in common but how politely they ask or thank: half of them
    do so, and half of what they say is such words.

    Args:
        texts: Of one theme; none of them need be a courtesy alone.
    """
    phrases = _phrases()
    polite, parts = 0, 0.0
    for text in texts:
        said = [word for word in words(text) if word not in phrases.other]
        known = [word for word in said if word.startswith(phrases.known)]
        empty = function_words(said)
        telling = len(known) + sum(word not in empty for word in set(said).difference(known))
        parts += len(known) / max(1, telling)
        polite += any(
            word.startswith(phrases.telling) and not word.startswith(phrases.topics)
            for word in known
        )
    return bool(texts) and min(polite, parts) >= _MANNERS * len(texts)


@cache
def _phrases() -> _Phrases:
    languages = tomllib.loads(PHRASES.read_text("utf-8")).values()

    def every(part: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for language in languages for one in language[part]))

    return _Phrases(
        begins=tuple(f"{begin} " for begin in every("begins")),
        telling=every("telling"),
        other=frozenset(every("other")),
        known=(*every("telling"), *every("neutral")),
        details=every("details"),
        topics=every("topics"),
        quick=_any_of((*every("begins"), *every("telling"))),
    )


def _any_of(begins: Sequence[str]) -> re.Pattern[str]:
    """Finds words that begin so; by first letters, which is ten times as fast as one by one."""
    by_letter: dict[str, list[str]] = defaultdict(list)
    for one in begins:
        by_letter[one[0]].append(re.escape(one[1:]))
    letters = (f"{first}(?:{'|'.join(rest)})" for first, rest in by_letter.items())
    return re.compile(rf"\b(?:{'|'.join(letters)})")
