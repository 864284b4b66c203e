"""Feedback made of templates, in seven languages: what public sets lack, such as wishes for a
product and words of those who leave.

Some templates are never trained on: texts of these measure what was learned of them.
"""

from __future__ import annotations

import random
import re
import tomllib
from pathlib import Path

from recipes.encoder.data.files import held_out
from recipes.encoder.data.intent import CLASSES, UNKNOWN, IntentText, labelled
from recipes.encoder.data.letters import Letter
from recipes.encoder.data.sentiment import NEGATIVE, POSITIVE
from recipes.text.grammar import Lexicon, expand
from recipes.text.names import Names

PHRASES = Path(__file__).with_name("intent.toml")
#: How often each language is drawn.
WEIGHTS = {"en": 7, "de": 5, "fr": 3, "es": 3, "it": 2, "nl": 2, "pt": 2}
#: How often each section is drawn, and what its sentences say of the classes.
SECTIONS: dict[str, tuple[int, dict[str, int]]] = {
    "request": (6, {"request": 1, "churn_risk": 0, "praise": 0}),
    "churn": (6, {"churn_risk": 1, "praise": 0, "question": 0}),
    "stays": (4, {"churn_risk": 0, "request": 0, "question": 0}),
    "complaint": (3, dict.fromkeys(CLASSES, 0) | {"complaint": 1}),
    "praise": (3, dict.fromkeys(CLASSES, 0) | {"praise": 1}),
    "question": (3, dict.fromkeys(CLASSES, 0) | {"question": 1}),
    "plain": (2, dict.fromkeys(CLASSES, 0)),
}
#: Of the templates of each section that are measured and never trained on.
MEASURED = 0.2
_WHETHER = re.compile(
    r"\b(?:whether|when|how I|tell me|ob|wann|wie ich|quand|comment|cuándo)\b", re.IGNORECASE
)


class IntentPhrases:
    """Draws texts of one to three sentences.

    Args:
        measured: Of the templates that are held out, in place of those to train on.
    """

    def __init__(self, measured: bool = False) -> None:
        names = Names()
        self._templates: dict[str, dict[str, list[str]]] = {}
        self._lexicons: dict[str, Lexicon] = {}
        for language, tables in tomllib.loads(PHRASES.read_text("utf-8")).items():
            self._lexicons[language] = {
                **tables.pop("words"),
                "org": names.company,
                "rival": names.company,
            }
            self._templates[language] = {
                section: [t for t in all_of if held_out(t, MEASURED) == measured]
                for section, all_of in tables.items()
            }

    def draw(self, rng: random.Random) -> IntentText:
        """A text of one to three sentences, as carelessly written as feedback is."""
        language = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        templates = {name: some for name, some in self._templates[language].items() if some}
        count = rng.choices([1, 2, 3], [5, 4, 1])[0]
        sections = rng.choices(list(templates), [SECTIONS[name][0] for name in templates], k=count)
        sentences, told = [], []
        for section in dict.fromkeys(sections):
            written = expand(rng.choice(templates[section]), self._lexicons[language], rng).text
            sentences.append(written[0].upper() + written[1:])
            known = SECTIONS[section][1]
            if section == "request" and "?" not in written:
                known = known | {"question": 0}
            told.append(known)
        return labelled(_written(" ".join(sentences), rng), **_together(told))


def _together(told: list[dict[str, int]]) -> dict[str, int]:
    """Of all sentences: 1 where one says so, 0 where all say 0."""
    joined = {}
    for name in CLASSES:
        said = [known.get(name, UNKNOWN) for known in told]
        joined[name] = 1 if 1 in said else UNKNOWN if UNKNOWN in said else 0
    return joined


def _written(text: str, rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.15:
        return text.lower()
    if kind < 0.25:
        return re.sub(r"[.!?¿¡]", "", text)
    if kind < 0.3:
        return text.replace(".", "!")
    return text


def of_letter(letter: Letter) -> IntentText:
    """What a letter to a shop is up to."""
    text = letter.marked.text
    question = UNKNOWN if "?" in text else 0
    if letter.label == NEGATIVE:
        wants = int(bool(letter.spans("want")))
        churn_risk = UNKNOWN if letter.spans("want2") else 0
        return labelled(
            text, complaint=1, request=wants, praise=0, question=question, churn_risk=churn_risk
        )
    if letter.label == POSITIVE:
        return labelled(text, complaint=0, request=0, praise=1, question=question, churn_risk=0)
    # Whoever asks whether, when or how wants to be told; the others want something sent or found.
    asked = "?" in text or _WHETHER.search(text)
    known = {"question": 1} if asked else {"request": 1, "question": 0}
    return labelled(text, complaint=0, praise=0, churn_risk=0, **known)
