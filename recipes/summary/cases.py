"""Templated customer feedback with hand-written compressions, from `cases.toml`."""

import random
import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from recipes.summary.salience import LONG, SHORT, tidy

CASES = Path(__file__).with_name("cases.toml")
BRACKET = re.compile(r"[\[\]]")
OUTER = re.compile(r"^\[[^\]]*\]|\[[^\]]*\](?=[.!?]?$)")
LANGUAGES = ("german", "french", "spanish")
SYLLABLES = [c + v + e for c in "bdfgklmnprstvz" for v in "aeiou" for e in ("", "n", "r", "x", "l")]


class Pair(NamedTuple):
    """A text and its summary."""

    text: str
    summary: str


class CaseWriter:
    """Writes random feedback together with the summary that it should get."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.cases: dict[str, Any] = tomllib.loads(CASES.read_text(encoding="utf-8"))

    def write(self) -> Pair:
        """Return one feedback text with its summary."""
        return self.foreign() if self.rng.random() < 0.12 else self.english()

    def english(self) -> Pair:
        """Opening, background, the point, more background, a wish and a closing, most optional."""
        text, rng = self.cases["text"], self.rng
        kind = rng.choices(["problem", "praise", "mixed"], [6, 4, 2])[0]
        point = self.fill(rng.choice(text[kind]))
        wishes = [] if kind == "praise" or rng.random() < 0.5 else [rng.choice(text["want"])]
        wishes = [self.fill(wish) for wish in wishes]
        before = [self.fill(s) for s in self.some(text["background"], [0, 0, 1, 1, 2, 3])]
        after = [self.fill(s) for s in self.some(text["background"], [0, 0, 0, 1, 2, 3])]
        if rng.random() < 0.25:
            before.insert(0, self.fill(rng.choice(text["opening"])))
        if rng.random() < 0.2:
            after.append(self.fill(rng.choice(text["closing"])))
        middle = [] if rng.random() < 0.7 else [self.fill(rng.choice(text["background"]))]
        parts = [*before, point, *middle, *wishes, *after]
        return self.pair(parts, [point, *wishes])

    def foreign(self) -> Pair:
        """One or two telling sentences in German, French or Spanish among plain ones."""
        language = self.rng.choice(LANGUAGES)
        texts = self.cases["foreign"]
        points = [self.fill(s) for s in self.some(texts[language], [1, 1, 2])]
        plain = [self.fill(s) for s in self.some(texts[f"{language}_filler"], [0, 1, 2, 3])]
        cut = self.rng.randint(0, len(plain))
        return self.pair([*plain[:cut], *points, *plain[cut:]], points)

    def pair(self, parts: list[str], points: list[str]) -> Pair:
        """Join `parts` as written; the summary keeps `points` without bracketed ends."""
        whole = " ".join(BRACKET.sub("", part) for part in parts)
        if len(whole.split()) <= SHORT:
            return Pair(whole, whole)
        kept: list[str] = []
        for point in points:
            short = tidy(BRACKET.sub("", OUTER.sub("", point)))
            if len(" ".join([*kept, short]).split()) <= LONG:
                kept.append(short)
        return Pair(whole, " ".join(kept))

    def some(self, choices: list[str], counts: list[int]) -> list[str]:
        """A few different sentences."""
        return self.rng.sample(choices, self.rng.choice(counts))

    def fill(self, sentence: str) -> str:
        """Fill the slots, in one case of three with an invented name."""
        sentence = re.sub(r"\{(\w+)\}", lambda m: self.value(m.group(1)), sentence)
        start = 1 if sentence.startswith("[") else 0
        return sentence[:start] + sentence[start : start + 1].upper() + sentence[start + 1 :]

    def value(self, slot: str) -> str:
        """A value for `slot`."""
        values: list[str] = self.cases["slots"][slot]
        if slot in ("company", "person", "place", "product") and self.rng.random() < 0.33:
            name = invented(self.rng)
            return f"{name} {self.rng.choice(values)}" if slot == "product" else name
        return self.rng.choice(values)


def invented(rng: random.Random) -> str:
    """A name that no vocabulary holds, such as "Melkoran" or "Tiva X3"."""
    name = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice([2, 2, 3]))).capitalize()
    return f"{name} {rng.choice('ABCEGMSTXZ')}{rng.randint(1, 99)}" if rng.random() < 0.2 else name
