"""Customer-feedback sentence pairs from own templates: feedback.tsv and its words.

A template has slots in braces. In English a slot names a word list (`{item}`), with a digit for
a second, different word of the same list (`{item2}`). In German it may also give an article and
an adjective's stem, both inflected here for the noun's gender: `{den item}` (accusative),
`{mein neu item}` (nominative: "mein neues Handy"), `{- toll item}` (no article: "tolle App");
and `{er:item}`, `{ihn:item}` stand for the pronoun alone. A capital letter in the first word of a
slot makes the text start with one.
"""

import random
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from recipes.translation.pairs import Pair

HERE = Path(__file__).parent
SLOT = re.compile(r"\{([^}]+)\}")
GENDERS = "mfnp"
LITERAL_COPIES = 2
STEMS = ("mein", "ihr", "kein")
ENDINGS = {"": ("", "e", "", "e"), "en": ("en", "e", "", "e"), "em": ("em", "er", "em", "en")}
ARTICLES = {
    "der": ("der", "die", "das", "die"),
    "den": ("den", "die", "das", "die"),
    "dem": ("dem", "der", "dem", "den"),
    "dieser": ("dieser", "diese", "dieses", "diese"),
    "diesen": ("diesen", "diese", "dieses", "diese"),
    "diesem": ("diesem", "dieser", "diesem", "diesen"),
    "ein": ("ein", "eine", "ein", ""),
    "einen": ("einen", "eine", "ein", ""),
    "er": ("er", "sie", "es", "sie"),
    "ihn": ("ihn", "sie", "es", "sie"),
    "-": ("", "", "", ""),
} | {
    stem + case: tuple(stem + ending for ending in endings)
    for stem in STEMS
    for case, endings in ENDINGS.items()
}
ADJECTIVE_ENDINGS = {
    "der": ("e", "e", "e", "en"),
    "dieser": ("e", "e", "e", "en"),
    "den": ("en", "e", "e", "en"),
    "diesen": ("en", "e", "e", "en"),
    "ein": ("er", "e", "es", "e"),
    "mein": ("er", "e", "es", "en"),
    "ihr": ("er", "e", "es", "en"),
    "kein": ("er", "e", "es", "en"),
    "einen": ("en", "e", "es", "e"),
    "meinen": ("en", "e", "es", "en"),
    "ihren": ("en", "e", "es", "en"),
    "keinen": ("en", "e", "es", "en"),
    "-": ("er", "e", "es", "e"),
}


class Word(NamedTuple):
    """An entry of a word list; `gender` is empty for phrases."""

    english: str
    german: str
    gender: str


class Feedback:
    """Templates and word lists, ready to be filled."""

    def __init__(
        self,
        templates: Path = HERE / "feedback.tsv",
        words: Path = HERE / "words.toml",
    ) -> None:
        tables = tomllib.loads(words.read_text(encoding="utf-8"))
        self.words = {
            name: [_word(line, table == "nouns") for line in lines.strip().splitlines()]
            for table, lists in tables.items()
            for name, lines in lists.items()
        }
        rows = templates.read_text(encoding="utf-8").splitlines()
        self.templates = [Pair(*row.split("\t")) for row in rows]

    def draw(self, each: int, draw: random.Random) -> list[Pair]:
        """Up to `each` different fillings of every template; two copies where there is no slot."""
        pairs: list[Pair] = []
        for template in self.templates:
            if SLOT.search(template.english):
                pairs += dict.fromkeys(self.fill(template, draw) for _ in range(each))
            else:
                pairs += [template] * LITERAL_COPIES
        return pairs

    def fill(self, template: Pair, draw: random.Random) -> Pair:
        """One filling. Raises ValueError naming the slot that no word list can fill."""
        chosen: dict[str, Word] = {}
        for slot in SLOT.findall(template.english):
            name = slot.rstrip("0123456789")
            if name not in self.words:
                raise ValueError(f"no word list {name!r} for {template.english!r}")
            left = [word for word in self.words[name] if word not in chosen.values()]
            chosen[slot] = draw.choice(left)
        english = SLOT.sub(lambda slot: chosen[slot[1]].english, template.english)
        german = SLOT.sub(lambda slot: _inflected(slot[1], chosen), template.german)
        return Pair(_article(english), german)


def _word(line: str, noun: bool) -> Word:
    english, _, german = line.partition(" = ")
    if not noun:
        return Word(english, german, "")
    gender, _, german = german.partition(" ")
    if gender not in GENDERS or not german:
        raise ValueError(f"{line!r}: expected English = m|f|n|p German")
    return Word(english, german, gender)


def _inflected(slot: str, chosen: dict[str, Word]) -> str:
    pronoun, colon, name = slot.rpartition(":")
    parts = [pronoun] if colon else slot.split()
    word = chosen[name if colon else parts.pop()]
    if not parts:
        return word.german
    gender = GENDERS.index(word.gender)
    text = [ARTICLES[parts[0].lower()][gender]]
    if len(parts) > 1:
        stem = parts[1].lower() if parts[0] != "-" else parts[1]
        text.append(stem + ADJECTIVE_ENDINGS[parts[0].lower()][gender])
    if not colon:
        text.append(word.german)
    joined = " ".join(filter(None, text))
    return joined[0].upper() + joined[1:] if slot[0].isupper() else joined


def _article(english: str) -> str:
    english = re.sub(r"\b([Aa]) (?=[aeio])", r"\1n ", english)
    return english[0].upper() + english[1:]
