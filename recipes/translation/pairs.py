"""Sentence pairs for the pocket translation model: Tatoeba, the hold-out, and noise.

Tatoeba pairs come as tab-separated lines, English then German (the manythings.org selection,
CC BY 2.0 FR).
"""

import gzip
import random
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

TATOEBA = "tatoeba_eng_deu.tsv.gz"
HOLD_OUT_SEED = 20261120
LONGEST_WORDS = 60
EMOJI = "😀😡👍🙂😢❤★☹🎉"


class Pair(NamedTuple):
    """An English sentence and one German translation of it."""

    english: str
    german: str


def sentence_key(sentence: str) -> str:
    """What makes two sentences the same for the hold-out: their letters and digits, case-folded."""
    return "".join(c for c in sentence.casefold() if c.isalnum())


class Split:
    """Training pairs, of Tatoeba and others, and held-back English sentences of Tatoeba with all
    their German references.

    Neither side of a held-back pair is trained on. The choice does not depend on the training
    seed, so that figures of two runs can be compared.
    """

    def __init__(self, pairs: Iterable[Pair], held_back: int, others: Iterable[Pair] = ()) -> None:
        pairs = list(pairs)
        references: dict[str, list[str]] = defaultdict(list)
        for english, german in pairs:
            references[english].append(german)
        chosen = random.Random(HOLD_OUT_SEED).sample(sorted(references), held_back)
        self.held_back = {english: references[english] for english in chosen}
        self._english = {sentence_key(english) for english in chosen}
        self._german = {sentence_key(g) for targets in self.held_back.values() for g in targets}
        self.training = self.allowed(filter(is_clean, pairs))
        self.others = self.allowed(others)

    def allowed(self, pairs: Iterable[Pair]) -> list[Pair]:
        """The pairs of which neither side is held back."""
        return [
            pair
            for pair in pairs
            if sentence_key(pair.english) not in self._english
            and sentence_key(pair.german) not in self._german
        ]


def read_tatoeba(path: Path) -> list[Pair]:
    """All pairs of a gzipped tab-separated file.

    Raises ValueError naming the line where there are fewer than two columns.
    """
    pairs = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            columns = line.rstrip("\n").split("\t")
            if len(columns) < 2:
                raise ValueError(f"{path.name} line {number}: expected English<TAB>German")
            pairs.append(Pair(columns[0].strip(), columns[1].strip()))
    return list(dict.fromkeys(pairs))


def is_clean(pair: Pair) -> bool:
    """Neither side empty, over-long, or more than about twice the other."""
    english, german = (len(side.split()) for side in pair)
    return (
        0 < max(english, german) <= LONGEST_WORDS
        and max(english, german) <= 2 * min(english, german) + 4
    )


def joined(pairs: list[Pair], share: float, draw: random.Random) -> list[Pair]:
    """Join a share of shuffled pairs into texts of two or three sentences.

    Tatoeba has single sentences only; without this the model stops after the first full stop.
    """
    pairs = list(pairs)
    draw.shuffle(pairs)
    cut = int(len(pairs) * share)
    texts = pairs[cut:]
    start = 0
    while start < cut:
        stop = min(start + draw.choice((2, 2, 3)), cut)
        texts.append(Pair(*(" ".join(side) for side in zip(*pairs[start:stop], strict=True))))
        start = stop
    return texts


def noisy(pair: Pair, draw: random.Random) -> Pair:
    """Write one pair in eight the way customers type: no capitals, no full stop, emoji, "!!!"."""
    english, german = pair
    stopped = english[-1] == german[-1] == "."
    chance = draw.random()
    if chance < 0.03:
        english = english.lower()
    elif chance < 0.05 and stopped:
        english, german = english[:-1], german[:-1]
    elif chance < 0.06:
        english = english.lower().rstrip(".").replace("'", "")
    elif chance < 0.075:
        english = english.replace("'", "’").replace('"', draw.choice("“”"))
    elif chance < 0.095 and stopped:
        english = english[:-1] + draw.choice(("!", "!!", "!!!"))
        german = german[:-1] + "!"
    elif chance < 0.11:
        english = f"{english} {draw.choice(EMOJI)}"
    elif chance < 0.12:
        english = english.upper()
    return Pair(english, german)
