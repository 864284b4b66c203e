"""Names of labels that say how a customer feels, and the value in -1…1 of each.

A name is known only where it means the same to everybody. `LABEL_0` means nothing; `surprise` may
be either; of `0` and `1` nobody can tell which end is which, nor whether `0` is the middle.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_WORDS = {
    -1.0: "neg negative negativ negativo négatif bad",
    0.0: "neu neutral neutre neutro",
    1.0: "pos positive positiv positivo positif good",
}
#: Feelings of which nobody doubts the sign, as models for emotions name them. Left out are those
#: that may be either: surprise, realization, confusion, curiosity, desire.
_FEELINGS = {
    -1.0: "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness "
    "remorse sadness",
    1.0: "admiration amusement approval caring excitement gratitude happiness joy love optimism "
    "pride relief",
}
_VALUES = {
    word: value
    for known in (_WORDS, _FEELINGS)
    for value, words in known.items()
    for word in words.split()
}
#: Where a model has such a label, the plain word is half as much.
_STRONGEST = ("very", "extremely", "strongly")
_WEAKER = ("slightly", "somewhat", "weakly", "moderately", "mostly")

_STARS = re.compile(r"(\d{1,2}) ?stars?|stars? ?(\d{1,2})")
_ORDINAL = re.compile(r"(\d{1,2})")
#: Fewer ordinals than this say no more than LABEL_0 does.
_LEAST_ORDINALS = 3


def known_values(labels: Sequence[str]) -> dict[str, float]:
    """The values of those labels of a model that have a known name.

    Args:
        labels: All that the model has: `3 stars` is worth 0 among five, and 1 among three.

    Returns:
        By label a value in -1…1; a label whose name means nothing is missing.
    """
    plain = {label: _plain(label) for label in labels}
    for pattern, least in ((_STARS, 2), (_ORDINAL, _LEAST_ORDINALS)):
        if steps := _steps(plain, pattern, least):
            return steps
    has_strongest = any(name.split(" ")[0] in _STRONGEST for name in plain.values())
    found = {label: _word_value(name, has_strongest) for label, name in plain.items()}
    return {label: value for label, value in found.items() if value is not None}


def _plain(label: str) -> str:
    folded = unicodedata.normalize("NFKC", label).casefold()
    return " ".join(re.split(r"[\s_-]+", folded.strip()))


def _steps(plain: dict[str, str], pattern: re.Pattern[str], least: int) -> dict[str, float]:
    """The values of labels that are all steps of one scale: 1, 2, 3, … up to the highest."""
    numbers = {}
    for label, name in plain.items():
        if match := pattern.fullmatch(name):
            numbers[label] = int(next(group for group in match.groups() if group))
    highest = len(plain)
    if sorted(numbers.values()) != list(range(1, highest + 1)) or highest < least:
        return {}
    return {label: 2 * (number - 1) / (highest - 1) - 1 for label, number in numbers.items()}


def _word_value(name: str, has_strongest: bool) -> float | None:
    """The value of one name; `has_strongest` where the model tells `very negative` from it."""
    *before, word = name.split(" ")
    value = _VALUES.get(word)
    if value is None or len(before) > 1:
        return None
    if before and before[0] in _STRONGEST:
        return value
    if before and before[0] in _WEAKER:
        return value / 2
    if before:
        return None
    return value / 2 if has_strongest else value
