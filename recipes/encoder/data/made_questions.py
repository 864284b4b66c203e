"""Questions that are asked of feedback, on feedback: what is wrong, what is liked, what is wanted.

Public sets ask what is in an encyclopedia. These are made of three kinds of text: sentences of
templates whose answers are known (`recipes.qa`), real sentences of reviews whose polarity people
marked, and aspects of restaurants with the polarity of each. Where all is well, nothing is wrong:
reviews of five stars are asked in vain.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from recipes.encoder.data.files import csv_rows, held_out, json_lines
from recipes.encoder.data.letters import Letter
from recipes.encoder.data.questions import Question
from recipes.encoder.data.sentiment import NEGATIVE, NEUTRAL, POSITIVE, product_sentences
from recipes.qa.documents import PHRASES, Documents
from recipes.text.grammar import Lexicon, expand

#: Questions of an epoch by the way they are made.
DRAW = {"templates": 2800, "foreign": 1000, "reviews": 1500, "aspects": 900, "praise": 1000}
FOREIGN = Path(__file__).with_name("made_questions.toml")
#: Words that a sentence of a review may have to be an answer as a whole.
FEWEST, MOST = 3, 22


class MadeQuestions:
    """Draws questions on feedback.

    Args:
        data: The folder of data.
    """

    def __init__(self, data: Path) -> None:
        self._asked: dict[str, list[str]] = tomllib.loads(PHRASES.read_text("utf-8"))["questions"]
        foreign = tomllib.loads(FOREIGN.read_text("utf-8"))
        self._foreign_questions: dict[str, dict[str, list[str]]] = foreign["questions"]
        self._foreign_phrases: dict[str, dict[str, list[str]]] = foreign["phrases"]
        self._words: dict[str, Lexicon] = foreign["words"]
        self._by_polarity: dict[int, list[str]] = {NEGATIVE: [], NEUTRAL: [], POSITIVE: []}
        for row in product_sentences(data):
            text = " ".join(row.text.split())
            if FEWEST <= len(text.split()) <= MOST and not held_out(row.text):
                self._by_polarity[row.label].append(text)
        self._praise = [
            row["Review Text"].strip()
            for row in csv_rows(data / "sentiment/womens_clothing_reviews.csv.gz")
            if row["Rating"] == "5" and row["Review Text"].strip()
        ]
        self._praise = [text for text in self._praise if not held_out(text)]
        self._aspects = [
            row
            for row in json_lines(data / "sentiment/mams_restaurant_terms.jsonl.gz")
            if not held_out(row["text"])
        ]
        # It draws from the chance of the epoch that is made.
        self._documents = Documents(data, random.Random(0))

    def epoch(self, rng: random.Random) -> list[Question]:
        """The questions of one epoch, drawn anew."""
        self._documents.rng = rng
        makers: dict[str, Callable[[random.Random], Question]] = {
            "templates": self._of_templates,
            "foreign": self._foreign,
            "reviews": self._of_review,
            "aspects": self._of_aspects,
            "praise": self._of_praise,
        }
        return [makers[name](rng) for name, count in DRAW.items() for _ in range(count)]

    def _of_templates(self, rng: random.Random) -> Question:
        made = self._documents.ask()
        span = ((made.answer.start, made.answer.end),) if made.answer else ()
        return Question(self._translated(made.question, rng), made.text, span)

    def _translated(self, question: str, rng: random.Random) -> str:
        """At times the same question in another language."""
        kinds = [kind for kind, asked in self._asked.items() if question in asked]
        language = rng.choice(sorted(self._foreign_questions))
        asked = self._foreign_questions[language].get(kinds[0], []) if kinds else []
        return rng.choice(asked) if asked and rng.random() < 0.15 else question

    def _foreign(self, rng: random.Random) -> Question:
        """Some sentences of one language, each of another kind; one of them is asked for."""
        language = rng.choice(sorted(self._foreign_phrases))
        phrases = self._foreign_phrases[language]
        asked = self._foreign_questions[language]
        kinds = rng.sample(sorted(phrases), rng.randint(1, min(4, len(phrases))))
        wanted = rng.choice(sorted(set(asked)))
        text, answers = "", []
        for kind in kinds:
            piece = expand(rng.choice(phrases[kind]), self._words[language], rng)
            begin = len(text) + bool(text)
            text = f"{text} {piece.text}" if text else piece.text
            if kind == wanted:
                answers = [(begin + s.start, begin + s.end) for s in piece.spans if s.label == kind]
        source = asked if rng.random() < 0.6 else self._asked
        return Question(rng.choice(source[wanted]), text, tuple(answers[:1]))

    def _of_review(self, rng: random.Random) -> Question:
        """One sentence of a polarity among others that do not have it, or none."""
        kind, polarity, other = rng.choice(
            [("problem", NEGATIVE, POSITIVE), ("liked", POSITIVE, NEGATIVE)]
        )
        pool = self._by_polarity[NEUTRAL] + self._by_polarity[other]
        sentences = rng.sample(pool, rng.randint(1, 4))
        place = rng.randrange(len(sentences) + 1) if rng.random() < 0.6 else None
        if place is not None:
            sentences.insert(place, rng.choice(self._by_polarity[polarity]))
        text, span = _joined(sentences, place)
        return Question(self._question(kind, rng), text, span)

    def _of_aspects(self, rng: random.Random) -> Question:
        """The term that has the asked polarity, where just one has it; none where none has."""
        kind, polarity = rng.choice([("problem", "negative"), ("liked", "positive")])
        while True:
            row = rng.choice(self._aspects)
            found = [a for a in row["aspects"] if a["polarity"] == polarity]
            if len(found) <= 1:
                break
        span = tuple((a["from"], a["to"]) for a in found)
        return Question(self._question(kind, rng), row["text"], span)

    def _of_praise(self, rng: random.Random) -> Question:
        """Reviews of five stars, whole or a few sentences of them, in which nothing is wrong."""
        text = rng.choice(self._praise)
        sentences = re.split(r"(?<=[.!?])\s+", text)
        if len(sentences) > 2 and rng.random() < 0.5:
            at = rng.randrange(len(sentences) - 1)
            text = " ".join(sentences[at : at + rng.randint(1, 3)])
        return Question(self._question("problem", rng), text[:600], ())

    def of_letter(self, letter: Letter, rng: random.Random) -> Question:
        """What a letter wants, finds wrong or likes; the first that it says, or none."""
        kind = rng.choice(["want", "want", "problem", "problem", "liked"])
        return Question(
            self._question(kind, rng), letter.marked.text, tuple(letter.spans(kind)[:1])
        )

    def _question(self, kind: str, rng: random.Random) -> str:
        return self._translated(rng.choice(self._asked[kind]), rng)


def _joined(sentences: Sequence[str], place: int | None) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The sentences as a text, and where the one at `place` is, without its end mark."""
    text = ""
    span: tuple[tuple[int, int], ...] = ()
    for number, sentence in enumerate(sentences):
        sentence = re.sub(r"\s+([.,!?;:])", r"\1", sentence)
        begin = len(text) + bool(text)
        text = f"{text} {sentence}" if text else sentence
        if number == place:
            span = ((begin, begin + len(sentence.rstrip(" .!?,;:"))),)
    return text, span
