"""Clauses that only praise or scold: “amazing app”, “worst thing I ever bought”, “5 stars”.

They say how good something is, which sentiment and ratings say better, and are about nothing in
particular. Of short reviews they are the largest group of alike texts, and made the largest themes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Self

from schema.insights.function_words import all_function_words, function_words
from schema.insights.words import words

WORDS = Path(__file__).with_name("verdicts.toml")
#: Characters of a verdict at the most: who writes more has something to tell.
_LONGEST = 100
_PREFIX = "*"
#: Words of texts that are remembered, before all are forgotten.
_REMEMBERED = 200_000


@dataclass(frozen=True, slots=True)
class _Words:
    """Those of a language, whole ones and the beginnings of others; see `verdicts.toml`."""

    judging: frozenset[str]
    begins: tuple[str, ...]
    general: frozenset[str]
    seen: dict[str, bool] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, judging: Iterable[str], general: Iterable[str]) -> Self:
        every = list(judging)
        return cls(
            frozenset(word for word in every if not word.endswith(_PREFIX)),
            tuple(word[:-1] for word in every if word.endswith(_PREFIX)),
            frozenset(general),
        )

    def judges(self, word: str) -> bool:
        """Whether a word says how good something is."""
        return word in self.judging or word.startswith(self.begins)

    def is_telling(self, piece: str) -> bool:
        """Whether what stands between two blanks is a word that is in no list; where it is not
        letters alone, nobody knows yet.
        """
        known = self.seen.get(piece)
        if known is None:
            known = (
                len(piece) > 1
                and piece.isalpha()
                and bool(piece.strip("x"))
                and piece not in self.general
                and not self.judges(piece)
            )
            if len(self.seen) >= _REMEMBERED:
                self.seen.clear()
            self.seen[piece] = known
        return known


def is_verdict(text: str) -> bool:
    """Whether a clause says nothing but how good or bad something is, in one of seven languages.

    Args:
        text: A clause, or a sentence.
    """
    if len(text) > _LONGEST:
        return False
    every, languages = _words()
    # Most of feedback has a word that no language has here, and needs no closer look.
    if "<" not in text and any(map(every.is_telling, text.lower().split())):
        return False
    said = set(words(text))
    if not all(word in every.general or every.judges(word) for word in said):
        return False
    empty = function_words(said)
    for known in languages:
        telling = [word for word in said if not known.judges(word)]
        if len(telling) < len(said) and all(
            word in known.general or word in empty for word in telling
        ):
            return True
    return False


@cache
def _words() -> tuple[_Words, tuple[_Words, ...]]:
    """Those of all languages together, with words that say nothing, and those of each."""
    read = tomllib.loads(WORDS.read_text("utf-8")).values()
    judging = [word for one in read for word in one["judging"]]
    general = all_function_words().union(*(one["general"] for one in read))
    every = _Words.of(judging, general)
    return every, tuple(_Words.of(one["judging"], one["general"]) for one in read)
