"""Templated customer feedback with a known sentiment, from the phrases in `phrases.toml`.

It teaches what the review sets lack: couriers, banks, apps and support; negation; contrast, where
the clause after "but" decides; emoji; short German, French and Spanish feedback.
"""

import random
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recipes.data.labelled_reviews import NEGATIVE, POSITIVE, Example

PHRASES = Path(__file__).with_name("phrases.toml")
POLARITY = {NEGATIVE: "negative", POSITIVE: "positive"}
INTENSIFIERS = ["", "", "", "really ", "very ", "so ", "absolutely ", "just ", "simply ", "pretty "]
NEGATIONS = [
    "{s} is not {a}.", "{s} isn't {a} at all.", "{s} was not {a}.", "{s} wasn't {a}.",
    "{s} is anything but {a}.", "{s} is far from {a}.", "I would not call {s} {a}.",
    "{s} was never {a}.", "I don't think {s} is {a}.", "{s} is no longer {a}.",
]  # fmt: skip
STATEMENTS = [
    "{s} is {i}{a}.", "{s} was {i}{a}.", "{s} is {i}{a}!", "I find {s} {i}{a}.",
    "I must say {s} is {i}{a}.", "{s}: {i}{a}.", "Honestly, {s} is {i}{a}.",
]  # fmt: skip
CONTRASTS = [
    "{x}, but {y}.", "{x}. However, {y}.", "{x}, yet {y}.", "Although {x}, {y}.",
    "{x}, but in the end {y}.", "Even though {x}, {y}.", "{x}. But {y}.",
]  # fmt: skip


class FeedbackWriter:
    """Writes random feedback of a wanted sentiment."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.phrases: dict[str, Any] = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
        self.forms: list[tuple[Callable[[int], str], int]] = [
            (self.plain, 8), (self.contrast, 3), (self.foreign, 2), (self.closer, 1),
        ]  # fmt: skip

    def write(self, label: int) -> Example:
        """Return one templated example with `label`."""
        forms, weights = zip(*self.forms, strict=True)
        text = self.rng.choices(forms, weights)[0](label)
        if self.rng.random() < 0.08:
            text = f"{text} {self.emoji(label)}"
        if self.rng.random() < 0.1:
            text = text.rstrip(".")
        return Example(text, label)

    def plain(self, label: int) -> str:
        """One to three clauses of one opinion, perhaps with a neutral sentence and a closer."""
        domain = self.rng.choice(list(self.phrases["domain"].values()))
        parts = [self.clause(domain, label) for _ in range(self.rng.choice([1, 1, 2, 2, 3]))]
        if self.rng.random() < 0.35:
            parts.insert(0, self.rng.choice(self.phrases["fillers"]))
        if self.rng.random() < 0.4:
            parts.insert(self.rng.choice([0, len(parts)]), self.closer(label))
        return " ".join(parts)

    def contrast(self, label: int) -> str:
        """The opposite opinion first, then "but" and the one that counts."""
        domain = self.rng.choice(list(self.phrases["domain"].values()))
        x = self.clause(domain, 1 - label).rstrip(".!")
        y = self.clause(domain, label).rstrip(".!")
        form = self.rng.choice(CONTRASTS)
        text = form.format(x=x if form.startswith("{x}") else lower_first(x), y=lower_first(y))
        return text if self.rng.random() < 0.6 else f"{text} {self.closer(label)}"

    def foreign(self, label: int) -> str:
        """One or two sentences, or a contrast, in German, French or Spanish."""
        language = self.rng.choice(list(self.phrases["language"].values()))
        parts = [self.rng.choice(language[POLARITY[label]]) for _ in range(self.rng.choice([1, 2]))]
        if self.rng.random() < 0.2:
            other = self.rng.choice(language[POLARITY[1 - label]]).rstrip(".!")
            return f"{other}, {language['but']} {lower_first(parts[0])}"
        return " ".join(parts)

    def closer(self, label: int) -> str:
        """A short verdict: "I want a refund.", "Would buy again."."""
        return self.rng.choice(self.phrases["closers"][POLARITY[label]])

    def emoji(self, label: int) -> str:
        """One to three emoji of that mood."""
        count = self.rng.choice([1, 1, 2, 3])
        return self.rng.choice(self.phrases["emoji"][POLARITY[label]]) * count

    def clause(self, domain: dict[str, list[str]], label: int) -> str:
        """One sentence on a subject of `domain`: a set phrase, a statement, or a negated one."""
        subject = self.rng.choice(domain["subjects"])
        kind = self.rng.random()
        if kind < 0.55:
            sentence = self.rng.choice(domain[POLARITY[label]])
        elif kind < 0.85:
            sentence = self.rng.choice(STATEMENTS)
        else:
            sentence = self.rng.choice(NEGATIONS)
            label = 1 - label
        adjective = self.rng.choice(self.phrases["adjectives"][POLARITY[label]])
        intensifier = "" if adjective.startswith("a ") else self.rng.choice(INTENSIFIERS)
        text = sentence.format(s=subject, a=adjective, i=intensifier)
        return text[0].upper() + text[1:]


def lower_first(text: str) -> str:
    """Lower the first letter, except of "I" and of names in capitals."""
    first = text.split()[0]
    keep = first == "I" or first.startswith("I'") or first.isupper()
    return text if keep else text[0].lower() + text[1:]
