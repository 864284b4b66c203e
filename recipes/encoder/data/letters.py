"""Letters to a shop, made of templates: complaints, thanks and questions, in four languages.

Each is an example for three heads: its polarity is known, its names are marked by kind, and so is
what is wanted, wrong or liked. Half of the names are invented, so that context has to say what
they are.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from recipes.encoder.data.entities import KINDS, TaggedText
from recipes.encoder.data.sentiment import NEGATIVE, NEUTRAL, POSITIVE, LabelledText
from recipes.text.grammar import Lexicon, Marked, expand
from recipes.text.names import Names

PHRASES = Path(__file__).with_name("letters.toml")
#: How often each language is drawn.
WEIGHTS = {"en": 6, "de": 3, "fr": 1, "es": 1}
#: Sections of a letter by its polarity, each with the chance that it is there.
PLANS = {
    NEGATIVE: (
        *(("greeting", 0.9), ("bought", 0.9), ("problem", 1.0), ("anger", 0.5), ("problem", 0.1)),
        *(("anger", 0.2), ("want", 0.85), ("closing", 0.5), ("signature", 0.9)),
    ),
    POSITIVE: (
        *(("greeting", 0.7), ("bought", 0.8), ("liked", 1.0), ("thanks", 0.4), ("liked", 0.2)),
        *(("thanks", 0.6), ("signature", 0.8)),
    ),
    NEUTRAL: (
        *(("greeting", 0.9), ("bought", 0.4), ("ask", 1.0), ("closing", 0.3), ("signature", 0.9)),
    ),
}
_FIGURES = ("Captain", "Princess", "Super", "Dino", "Robo", "Mega", "Doctor", "Agent", "Master")
_SETS = ("Castle", "Rider", "Prime", "Garage", "Patrol", "Rex", "Star", "Dreamland", "Wing", "Pro")


@dataclass(frozen=True)
class Letter:
    """A letter: its text with all that is marked in it, and its polarity."""

    marked: Marked
    label: int

    def labelled(self) -> LabelledText:
        """For the head of sentiment."""
        return LabelledText(self.marked.text, self.label)

    def tagged(self) -> TaggedText:
        """For the head of entities."""
        spans = ((s.start, s.end, s.label) for s in self.marked.spans if s.label in KINDS)
        return TaggedText(self.marked.text, tuple(sorted(spans)), frozenset())

    def spans(self, kind: str) -> list[tuple[int, int]]:
        """Where it says what is wanted, wrong or liked."""
        return [(s.start, s.end) for s in self.marked.spans if s.label == kind]


class Letters:
    """Draws letters."""

    def __init__(self) -> None:
        languages = tomllib.loads(PHRASES.read_text("utf-8"))
        names = Names()
        self._phrases: dict[str, dict[str, list[str]]] = {}
        self._lexicons: dict[str, Lexicon] = {}
        for language, tables in languages.items():
            words = tables.pop("words")
            self._phrases[language] = tables
            self._lexicons[language] = _lexicon(names, words)

    def draw(self, rng: random.Random, label: int) -> Letter:
        """A letter of a polarity."""
        language = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        phrases, lexicon = self._phrases[language], self._lexicons[language]
        separator = rng.choice([" ", " ", " ", "\n"])
        letter = Marked()
        for section, chance in PLANS[label]:
            if rng.random() >= chance:
                continue
            piece = expand(rng.choice(phrases[section]), lexicon, rng)
            if not piece.text:
                continue
            if section != "signature":
                piece.text = piece.text[0].upper() + piece.text[1:]
            letter.append(piece, separator if section != "signature" else rng.choice(" \n"))
        return Letter(letter, label)


def _lexicon(names: Names, words: dict[str, list[str]]) -> Lexicon:
    slots: dict[str, Sequence[str] | Callable[[random.Random], str]] = dict(words)
    makers: dict[str, tuple[str, Callable[[random.Random], str]]] = {
        "org": ("ORG", names.company),
        "courier": ("ORG", names.known("courier")),
        "per": ("PER", names.person),
        "first": ("PER", names.first_name),
        "last": ("PER", names.last_name),
        "city": ("LOC", names.city),
        "loc": ("LOC", names.place),
        "prod": ("PROD", partial(_product, names)),
    }
    for slot, (kind, maker) in makers.items():
        slots[slot] = partial(_marked, kind, maker)
    return slots


def _product(names: Names, rng: random.Random) -> str:
    """A product; half of them a figure or a set of a name that nobody has heard."""
    if rng.random() < 0.5:
        return names.product(rng)
    first = rng.choice([rng.choice(_FIGURES), names.word(rng), names.last_name(rng)])
    return f"{first} {rng.choice([*_SETS, names.word(rng)])}" if rng.random() < 0.7 else first


def _marked(kind: str, maker: Callable[[random.Random], str], rng: random.Random) -> str:
    return f"<{kind}:{maker(rng)}>"
