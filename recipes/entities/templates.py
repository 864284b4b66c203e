"""Makes labelled customer feedback from templates and name lists, for the pocket entity model.

Every second name is invented on the spot (syllables, compounds, initials), so that the model must
learn from shape and context what the lists cannot tell it.
"""

import random
import tomllib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from recipes.text.grammar import Lexicon, Marked, expand
from recipes.text.names import Names

PHRASES = Path(__file__).with_name("phrases.toml")


def lexicon(names: Names, words: dict[str, list[str]]) -> Lexicon:
    """The slots of `phrases.toml`, names labelled."""
    known = {kind: names.known(kind) for kind in names.lists["company"]}
    makers: dict[str, tuple[str, Callable[[random.Random], str]]] = {
        "per": ("PER", names.person),
        "first": ("PER", names.first_name),
        "org": ("ORG", names.company),
        "loc": ("LOC", names.place),
        "city": ("LOC", names.city),
        "street": ("LOC", names.street),
        "prod": ("MISC", names.product),
        "handle": ("ORG", names.handle),
        **{kind: ("ORG", draw) for kind, draw in known.items()},
    }
    slots: dict[str, Sequence[str] | Callable[[random.Random], str]] = dict(words)
    for slot, (label, draw) in makers.items():
        slots[slot] = partial(_labelled, label, draw)
    return slots


def _labelled(label: str, draw: Callable[[random.Random], str], rng: random.Random) -> str:
    return f"<{label}:{draw(rng)}>"


class FeedbackTemplates:
    """Draws labelled sentences of feedback.

    Args:
        names: where the names come from.
        plain: real sentences without names, mixed in as they are.
    """

    def __init__(self, names: Names, plain: Sequence[str]) -> None:
        phrases = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
        self.lexicon = lexicon(names, phrases["words"])
        self.english = list(phrases["english"].values())
        self.foreign = list(phrases["foreign"].values())
        self.nothing: list[str] = phrases["nothing"]["en"]
        self.plain = plain

    def text(self, rng: random.Random) -> Marked:
        """A piece of feedback of one to five sentences."""
        if rng.random() < 0.12:
            pool = rng.choice(self.foreign)
            return self._join([rng.choice(pool) for _ in range(rng.randint(1, 3))], rng)
        sentences = []
        for _ in range(rng.choice([1, 1, 2, 2, 3, 5])):
            kind = rng.random()
            if kind < 0.6:
                sentences.append(rng.choice(rng.choice(self.english)))
            elif kind < 0.75:
                sentences.append(rng.choice(self.nothing))
            else:
                sentences.append("")
        return self._join(sentences, rng)

    def _join(self, templates: Sequence[str], rng: random.Random) -> Marked:
        whole = Marked()
        for template in templates:
            plain = Marked(rng.choice(self.plain))
            piece = expand(template, self.lexicon, rng) if template else plain
            if rng.random() < 0.1:
                piece.text = piece.text.rstrip(".!")
                whole.append(piece, rng.choice([", ", " and ", " - ", " but ", "\n"]))
            else:
                whole.append(piece)
        return whole
