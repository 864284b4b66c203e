"""Tickets to a support desk, made of templates in seven languages: long and polite, of which few
say that their writer leaves.

Without them the head of intent had seen such letters from those alone who cancel something, and
took the greeting for it.
"""

from __future__ import annotations

import random
from pathlib import Path

from recipes.encoder.data.intent import CLASSES, UNKNOWN, IntentText, labelled
from recipes.encoder.data.templates import Templates
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


class Tickets:
    """Draws tickets.

    Args:
        measured: Of the templates that are held out, in place of those to train on.
    """

    def __init__(self, measured: bool = False) -> None:
        names = Names()
        matters = {section for sections, _, _ in MATTERS for section in sections}
        slots = {"org": names.company, "rival": names.company}
        self._templates = Templates(PHRASES, slots, measured, matters)

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
        template = self._templates.choose(language, section, rng)
        return self._templates.write(language, template, rng)
