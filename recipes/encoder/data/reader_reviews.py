"""Reviews that are written for other customers, made of templates in seven languages: what a book
or a film is about, what is thought of it, and advice to read it or not.

Without them the head of intent took advice to others, and what the people of a story want, for
wishes that somebody has of us. Some reviews have such a wish, too.
"""

from __future__ import annotations

import random
from pathlib import Path

from recipes.encoder.data.intent import UNKNOWN, IntentText, labelled
from recipes.encoder.data.templates import Templates
from recipes.text.names import Names

PHRASES = Path(__file__).with_name("reader_reviews.toml")
#: How often each language is drawn; of English there are sets.
WEIGHTS = {"en": 2, "de": 5, "fr": 5, "es": 4, "it": 3, "nl": 5, "pt": 3}
#: By what a review thinks: how often it is drawn, the sections that its sentences are of, and how
#: often each is.
KINDS: tuple[tuple[int, dict[str, int]], ...] = (
    (5, {"about": 4, "good": 4, "advice": 3}),
    (4, {"about": 4, "bad": 4, "warning": 2}),
    (2, {"about": 3, "good": 2, "bad": 2, "advice": 1}),
    (4, {"about": 3, "good": 2, "bad": 1, "advice": 1, "wish": 3}),
    (1, {"about": 1}),
)
#: Sentences of one at the most.
_LONGEST = 9


class ReaderReviews:
    """Draws reviews.

    Args:
        measured: Of the templates that are held out, in place of those to train on.
    """

    def __init__(self, measured: bool = False) -> None:
        self._templates = Templates(PHRASES, {"rival": Names().person}, measured)

    def draw(self, rng: random.Random) -> IntentText:
        """A review, with what is known of it."""
        language = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        _, parts = rng.choices(KINDS, [often for often, _ in KINDS])[0]
        sections = rng.choices(list(parts), list(parts.values()), k=rng.randint(1, _LONGEST))
        chosen = dict.fromkeys(
            (name, self._templates.choose(language, name, rng)) for name in sections
        )
        written = []
        for _, template in chosen:
            sentence = self._templates.write(language, template, rng)
            written.append(sentence[0].upper() + sentence[1:])
        said = {name for name, _ in chosen}
        return labelled(
            " ".join(written),
            request=int("wish" in said),
            question=UNKNOWN if "wish" in said else 0,
            churn_risk=0,
            praise=int(bool(said & {"good", "advice"})),
            complaint=int(bool(said & {"bad", "warning"})),
        )
