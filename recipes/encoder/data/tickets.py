"""Tickets to a support desk, made of templates in seven languages: long and polite, of which few
say that their writer leaves.

Without them the head of intent had seen such letters from those alone who cancel something, and
took the greeting for it.
"""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

from recipes.encoder.data.files import held_out
from recipes.encoder.data.intent import CLASSES, UNKNOWN, IntentText, labelled
from recipes.text.grammar import Lexicon, expand
from recipes.text.names import Names

PHRASES = Path(__file__).with_name("tickets.toml")
#: How often each language is drawn.
WEIGHTS = {"en": 6, "de": 6, "fr": 3, "es": 3, "it": 2, "nl": 2, "pt": 2}
#: What a ticket is for: the sections that are its matter, what they say, and how often it is drawn.
MATTERS: tuple[tuple[tuple[str, ...], dict[str, int], int], ...] = (
    (("incident",), {"complaint": 1, "request": UNKNOWN}, 4),
    (("incident", "request"), {"complaint": 1, "request": 1}, 2),
    (("request",), {"request": 1, "complaint": 0}, 4),
    (("ask",), {"question": 1, "complaint": 0, "request": UNKNOWN}, 3),
    (("incident", "leave"), {"complaint": 1, "churn_risk": 1, "request": UNKNOWN}, 2),
    (("leave",), {"churn_risk": 1, "request": UNKNOWN}, 1),
)
#: Of the templates of a matter that are measured and never trained on.
MEASURED = 0.2


class Tickets:
    """Draws tickets.

    Args:
        measured: Of the templates that are held out, in place of those to train on.
    """

    def __init__(self, measured: bool = False) -> None:
        names = Names()
        matters = {section for sections, _, _ in MATTERS for section in sections}
        self._lexicons: dict[str, Lexicon] = {}
        self._templates: dict[str, dict[str, list[str]]] = {}
        for language, tables in tomllib.loads(PHRASES.read_text("utf-8")).items():
            words = tables.pop("words")
            self._lexicons[language] = {**words, "org": names.company, "rival": names.company}
            self._templates[language] = {
                section: [t for t in every if held_out(t, MEASURED) == measured] or every[:1]
                if section in matters
                else every
                for section, every in tables.items()
            }

    def draw(self, rng: random.Random) -> IntentText:
        """A ticket, with what is known of it."""
        language = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        sections, known, _ = rng.choices(MATTERS, [often for *_, often in MATTERS])[0]
        plan = ["greeting", "opening", *sections, "detail", "closing"]
        if rng.random() < 0.5:
            plan.remove("detail")
        subject = self._one(language, "subject", rng)
        said = [self._one(language, section, rng) for section in plan]
        separator = rng.choice([" ", " ", "\n", "\n\n"])
        body = separator.join(one[0].upper() + one[1:] for one in said if one)
        told = dict.fromkeys(CLASSES, 0) | {"question": UNKNOWN} | known
        return labelled(subject + body, **told)

    def _one(self, language: str, section: str, rng: random.Random) -> str:
        template = rng.choice(self._templates[language][section])
        return expand(template, self._lexicons[language], rng).text
