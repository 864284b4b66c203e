"""Makes documents with questions and answers for the pocket QA model.

A document is a handful of sentences in random order: some that hold an answer (from templates, or
real messages with a harvested want), some distractions, and real sentences of reviews around them.
"""

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recipes.qa.harvest import harvest_wants, read_aspects, read_background, read_pros_cons
from recipes.text.grammar import Lexicon, Marked, Span, expand
from recipes.text.names import Names

PHRASES = Path(__file__).with_name("phrases.toml")
#: How often a document gets each kind of sentence, and whether a kind may be asked for in vain.
#: Background sentences do hold problems and praise, so those are never asked for in vain.
CHANCE = {"want": 0.62, "problem": 0.25, "liked": 0.2, "improve": 0.12}
ASKED_IN_VAIN = ("want", "place", "price", "person")


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a text and its answer, or None if the text does not hold one."""

    text: str
    question: str
    answer: Span | None


class Documents:
    """Draws documents and questions about them.

    Args:
        data: the folder of data sets.
        held_out: draw the harvested wants of the held-out twentieth instead of the others.
        rng: source of all randomness.
    """

    def __init__(self, data: Path, rng: random.Random, *, held_out: bool = False) -> None:
        tables = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
        self.rng = rng
        self.questions: dict[str, list[str]] = tables.pop("questions")
        words: dict[str, list[str]] = tables.pop("words")
        self.phrases: dict[str, list[str]] = {
            kind: rows["phrases"] for kind, rows in tables.items()
        }
        self.lexicon = _lexicon(words, data)
        self.wants = [
            marked
            for index, marked in enumerate(harvest_wants(data))
            if (index % 20 == 0) == held_out
        ]
        self.background = read_background(data)

    def ask(self) -> Question:
        """One question about a fresh document; more than half ask what the customer wants."""
        document = self._document()
        kinds = [span.label for span in document.spans]
        answerable = [kind for kind in set(kinds) if kinds.count(kind) == 1]
        absent = [kind for kind in ASKED_IN_VAIN if kind not in kinds]
        draw = self.rng.random()
        if draw < 0.55:
            kind = "want"
        elif answerable and (draw < 0.92 or not absent):
            kind = self.rng.choice(sorted(answerable))
        else:
            kind = self.rng.choice(absent or ["want"])
        question = self.rng.choice(self.questions[kind])
        spans = [span for span in document.spans if span.label == kind]
        return Question(
            document.text, question, _trimmed(document.text, spans[0]) if spans else None
        )

    def _document(self) -> Marked:
        sentences = [
            self._sentence(kind) for kind, chance in CHANCE.items() if self.rng.random() < chance
        ]
        sentences += [self._sentence("facts") for _ in range(self.rng.choice([0, 0, 1, 1, 2]))]
        if self.rng.random() < 0.3:
            sentences.append(self._sentence("distraction"))
        some = self.rng.choice([0, 0, 1, 1, 2, 3, 4, 7])
        if self.rng.random() < 0.03:
            some = self.rng.randint(8, 14)
        sentences += [Marked(self.rng.choice(self.background)) for _ in range(some)]
        if not sentences:
            sentences.append(Marked(self.rng.choice(self.background)))
        self.rng.shuffle(sentences)
        document = Marked()
        for sentence in sentences:
            _end_sentence(sentence, self.rng)
            document.append(sentence, self.rng.choice([" ", " ", " ", " ", "\n", ", ", " and "]))
        return document

    def _sentence(self, kind: str) -> Marked:
        if kind == "want" and self.rng.random() < 0.35:
            found = self.rng.choice(self.wants)
            return Marked(found.text, list(found.spans))
        return expand(self.rng.choice(self.phrases[kind]), self.lexicon, self.rng)


def _lexicon(words: dict[str, list[str]], data: Path) -> Lexicon:
    names = Names()
    terse = read_pros_cons(data)
    slots: dict[str, Sequence[str] | Callable[[random.Random], str]] = dict(words)
    slots |= {
        "aspect": read_aspects(data),
        "pro": terse["pos"],
        "con": terse["neg"],
        "city": names.city,
        "person": names.person,
        "product": names.product,
        "company": names.company,
    }
    return slots


def _end_sentence(sentence: Marked, rng: random.Random) -> None:
    """Most sentences get an end mark, as people do and do not set them; spans stay valid."""
    if sentence.text and sentence.text[-1].isalnum() and rng.random() < 0.7:
        sentence.text += rng.choice(".....!")
    elif sentence.text.endswith(".") and rng.random() < 0.15:
        kept = max([span.end for span in sentence.spans], default=0)
        sentence.text = sentence.text[: max(kept, len(sentence.text) - 1)]


def _trimmed(text: str, span: Span) -> Span:
    """The span without white space and end marks at its ends."""
    answer = text[span.start : span.end]
    start = span.start + len(answer) - len(answer.lstrip())
    end = span.start + len(re.sub(r"[\s.!?,;:]+$", "", answer))
    return Span(span.label, start, max(start + 1, end))
