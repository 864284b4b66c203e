"""Feedback that nobody wrote: made-up words, lengths as customers have them.

Real text is not needed to measure speed, only its lengths and how often words repeat. Lengths are
log-normal with a median of 45 words and a tail to 500; words follow Zipf's law (Zipf 1949).
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from statistics import NormalDist

from schema.document import Document

#: Words of a document: the median, the deviation of the logarithm, and the ends.
MEDIAN, SPREAD = 45, 0.9
SHORTEST, LONGEST = 5, 500

_TYPES = 4_000
_CONSONANTS = "b c d f g h k l m n p r s t v w z br ch cl dr gr pl pr sh sl st tr".split()  # noqa: SIM905
_VOWELS = "a e i o u ai ea ee io ou".split()  # noqa: SIM905
_CODAS = ["", "", "", "n", "r", "s", "t", "l", "nd", "st", "ck"]


def lengths(count: int) -> list[int]:
    """Words of each of so many documents, short ones first: even quantiles of the distribution.

    So any number of documents, also a small one, has the distribution's share of long ones.
    """
    normal = NormalDist(math.log(MEDIAN), SPREAD)
    drawn = (round(math.exp(normal.inv_cdf((place + 0.5) / count))) for place in range(count))
    return [min(max(words, SHORTEST), LONGEST) for words in drawn]


def documents(count: int, seed: int = 1) -> list[Document]:
    """English documents in an order that says nothing of their lengths, with ids from 1."""
    chance = random.Random(seed)
    sizes = lengths(count)
    chance.shuffle(sizes)
    return [Document(number, _text(size, chance), "en") for number, size in enumerate(sizes, 1)]


def thinned(some: Sequence[Document], share: float) -> list[Document]:
    """A part of documents with the same distribution of lengths, in the same order."""
    count = max(1, round(len(some) * share))
    by_length = sorted(some, key=lambda document: len(document.text))
    kept = {by_length[int((place + 0.5) * len(some) / count)].id for place in range(count)}
    return [document for document in some if document.id in kept]


def _text(words: int, chance: random.Random) -> str:
    said, to_go = [], 0
    kinds, weights = _words()
    for word in chance.choices(kinds, cum_weights=weights, k=words):
        if to_go == 0:
            word, to_go = word.capitalize(), chance.randint(6, 17)
        elif chance.random() < 0.03:
            word = word.capitalize()
        elif chance.random() < 0.02:
            word = str(chance.randint(1, 2000))
        to_go -= 1
        said.append(word + ("." if to_go == 0 else "," if chance.random() < 0.05 else ""))
    text = " ".join(said).rstrip(".,")
    return f"{text}."


@cache
def _words() -> tuple[list[str], list[float]]:
    """Words, frequent ones first and shorter, with their cumulated weights."""
    chance = random.Random(0)
    words: dict[str, None] = {}
    while len(words) < _TYPES:
        syllables = 1 + min(3, int(chance.expovariate(1.2) + len(words) / 3000))
        parts = [
            chance.choice(_CONSONANTS) + chance.choice(_VOWELS) + chance.choice(_CODAS)
            for _ in range(syllables)
        ]
        words["".join(parts)] = None
    return list(words), list(accumulate(1 / (rank + 2.7) for rank in range(_TYPES)))
