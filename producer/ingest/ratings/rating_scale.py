"""Which end of a scale is the best: grades such as 1 to 6 are the better, the lower they are."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple

_WRITTEN = re.compile(r"\s*(\d{1,3})\s*(?:-|–|:|\.\.|to)\s*(\d{1,3})\s*")
_TOKEN = re.compile(r"\d{1,3}|[^\W\d_]+")
#: German school marks, from the best to the worst.
_SCHOOL_MARKS = re.compile(r"schulnoten?|school (?:mark|grade)s?", re.IGNORECASE)


class RatingScale(NamedTuple):
    """The ends of a scale: `RatingScale(5, 1)` where 1 is the best.

    Attributes:
        worst: What the least satisfied customers give.
        best: What the most satisfied ones give.
    """

    worst: int
    best: int

    @property
    def highest(self) -> int:
        """The higher of the ends: what a rating that was reversed is out of, too."""
        return max(self)

    @property
    def is_reversed(self) -> bool:
        """Whether the lowest number is the best."""
        return self.best < self.worst

    def better(self, value: float) -> float | None:
        """A number as one that is the better, the higher it is; None for one beyond the ends, such
        as a 9 that stands for "does not know".
        """
        if not min(self) <= value <= max(self):
            return None
        return self.worst + self.best - value if self.is_reversed else value

    def __str__(self) -> str:
        return f"{self.worst}-{self.best}"


def parse_scale(written: str) -> RatingScale:
    """Read the worst and the best: `5-1`, `1-7`.

    Raises:
        ValueError: If it is something else.
    """
    found = _WRITTEN.fullmatch(written)
    if found is None or int(found[1]) == int(found[2]):
        raise ValueError(f"{written!r} is no scale")
    return RatingScale(int(found[1]), int(found[2]))


def scale_in_words(name: str) -> RatingScale | None:
    """The scale of which a column's name says both ends in words, as `1 = very good, 5 = very poor`
    does; None for all other names.
    """
    if _SCHOOL_MARKS.search(name):
        return RatingScale(6, 1)
    said: dict[int, int] = {}
    for number, words in _numbers_and_words(name):
        side = _side(words)
        if side:
            said[number] = side
    if len(said) < 2:
        return None
    low, high = min(said), max(said)
    if said[low] == said[high]:
        return None
    return RatingScale(high, low) if said[low] > 0 else RatingScale(low, high)


def _numbers_and_words(name: str) -> list[tuple[int, list[str]]]:
    """Each number with the words behind it; with those before it, where none follow the last."""
    parts: list[tuple[int | None, list[str]]] = [(None, [])]
    for token in _TOKEN.findall(name.casefold()):
        if token.isdigit():
            parts.append((int(token), []))
        else:
            parts[-1][1].append(token)
    numbers = [number for number, _ in parts if number is not None]
    words = [words for _, words in parts]
    behind = words[1:] if len(words) > 1 and _side(words[-1]) else words[:-1]
    return list(zip(numbers, behind, strict=True))


def _side(words: list[str]) -> int:
    """1 for words of praise, -1 for the opposite, 0 for neither or both."""
    known = _words()
    sides = set()
    for place, word in enumerate(words):
        side = (word in known["good"]) - (word in known["bad"])
        if side:
            sides.add(-side if place and words[place - 1] in known["not"] else side)
    return sides.pop() if len(sides) == 1 else 0


@cache
def _words() -> dict[str, frozenset[str]]:
    content = resources.files("producer.ingest.ratings").joinpath("ends.toml").read_text("utf-8")
    return {side: frozenset(words) for side, words in tomllib.loads(content).items()}
