"""Phrases of the rules as regular expressions; the syntax is at the head of `signals.toml`."""

from __future__ import annotations

import re
from functools import lru_cache

#: Between two words of a phrase: blanks, hyphens, a line's end, but no end of a sentence.
_BETWEEN = r"[\s,\-–—'\"“”]+"
#: Up to three words.
_GAP = rf"(?:{_BETWEEN}[\w'’]+){{0,3}}?{_BETWEEN}"
#: What ends a clause: a negation before it says nothing of what follows.
_CLAUSE_END = re.compile(r"[.!?;:,()\n]|\b(?:but|aber|mais|pero|ma|maar|mas)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w'’]+")
#: Words before a phrase among which a negation counts.
_REACH = 3


def pattern_of(phrase: str) -> str:
    """A regular expression of whole words for a phrase."""
    pieces = [
        _GAP if word == "..." else "(?:" + "|".join(map(_word, word.split("/"))) + ")"
        for word in phrase.split()
    ]
    joined = pieces[0]
    for before, piece in zip(pieces, pieces[1:], strict=False):
        joined += piece if _GAP in (before, piece) else _BETWEEN + piece
    return rf"(?<!\w){joined}(?!\w)"


def _word(word: str) -> str:
    stem, _, rest = word.partition("*")
    pattern = re.escape(stem).replace("'", "['’]?")
    return pattern + (r"\w*" + re.escape(rest) if "*" in word else "")


@lru_cache(maxsize=4_096)
def any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Any of some phrases, whatever the case; of two that begin at a place the longer one."""
    alternatives = sorted(map(pattern_of, phrases), key=len, reverse=True)
    return re.compile("|".join(alternatives) or r"(?!)", re.IGNORECASE)


def is_negated(text: str, start: int, negations: frozenset[str]) -> bool:
    """Whether one of the last words before a place, in the same clause, is a negation."""
    # So far back that three words fit.
    before = text[max(0, start - 60) : start]
    clause = _CLAUSE_END.split(before)[-1]
    words = [word.replace("’", "'").casefold() for word in _WORD.findall(clause)]
    return not negations.isdisjoint(words[-_REACH:])
