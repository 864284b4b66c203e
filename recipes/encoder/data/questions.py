"""Questions on passages, with the answer's place, or without an answer there.

Questions without an answer are made as well: a question with a passage of another text, or with a
part of its own passage that does not hold the answer.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from recipes.encoder.data.files import held_out

#: Characters of a passage to train on: about 150 tokens.
LONGEST = 600
#: Of the questions of an epoch, the part that gets another passage, and another part of its own.
ELSEWHERE, BESIDE = 0.2, 0.1


@dataclass(frozen=True)
class Question:
    """A question, a passage, and the answers that people gave.

    Attributes:
        answers: Begin and end in characters of the passage; none if it is not there.
    """

    question: str
    passage: str
    answers: tuple[tuple[int, int], ...]


FILES = (
    ("amazon", "qa/squadshifts_amazon_reviews.json.gz", 4000),
    ("reddit", "qa/squadshifts_reddit.json.gz", 1500),
    ("wiki", "qa/squadshifts_new_wiki.json.gz", 700),
    ("squad", "qa/squad_train_part.json.gz", 1000),
    ("squad2", "qa/squad2_dev_part.json.gz", 1500),
    ("xquad_es", "qa/xquad.es.json.gz", 500),
)


def read(path: Path) -> Iterator[Question]:
    """The questions of a file in SQuAD's format."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        content = json.load(file)
    for article in content["data"]:
        for paragraph in article["paragraphs"]:
            passage = paragraph["context"]
            for asked in paragraph["qas"]:
                found = tuple(
                    (answer["answer_start"], answer["answer_start"] + len(answer["text"]))
                    for answer in asked["answers"]
                    if passage.startswith(answer["text"], answer["answer_start"])
                )
                if found or asked.get("is_impossible") or not asked["answers"]:
                    yield Question(asked["question"].strip(), passage, found)


def cut(question: Question, rng: random.Random, length: int = LONGEST) -> Question:
    """A part of the passage that holds the answer, somewhere; its begin and end are spaces."""
    passage = question.passage
    if len(passage) <= length:
        return question
    begin, end = question.answers[0] if question.answers else (len(passage) // 2,) * 2
    low, high = max(0, end - length), max(0, min(begin, len(passage) - length))
    at = rng.randint(min(low, high), high)
    while at and at < begin and not passage[at - 1].isspace():
        at += 1
    until = min(len(passage), at + length)
    while until < len(passage) and until > end and not passage[until].isspace():
        until -= 1
    inside = tuple((b - at, e - at) for b, e in question.answers if at <= b and e <= until)
    return replace(question, passage=passage[at:until], answers=inside)


def beside(question: Question, rng: random.Random) -> Question | None:
    """The longer part of the passage that does not touch any answer, if it is long enough."""
    begin = min(b for b, _ in question.answers)
    end = max(e for _, e in question.answers)
    before, after = question.passage[:begin].rpartition(".")[0], question.passage[end:]
    after = after.partition(". ")[2]
    part = max(before, after, key=len)
    return Question(question.question, part[:LONGEST], ()) if len(part) > 150 else None


class QuestionData:
    """All sets, without the parts that are held out, by passage to measure with."""

    def __init__(self, data: Path) -> None:
        self._training: dict[str, list[Question]] = {}
        for name, file, _ in FILES:
            rows = list(read(data / file))
            self._training[name] = [row for row in rows if not held_out(row.passage)]

    def texts(self) -> Iterator[str]:
        """All questions and passages to train on."""
        for rows in self._training.values():
            for row in rows:
                yield row.question
            yield from {row.passage for row in rows}

    def epoch(self, rng: random.Random) -> list[Question]:
        """The questions of one epoch, drawn anew, with those that have no answer."""
        drawn: list[Question] = []
        for name, _, count in FILES:
            rows = self._training[name]
            passages = [row.passage for row in rows]
            for row in rng.sample(rows, min(count, len(rows))):
                kind = rng.random()
                if not row.answers:
                    drawn.append(cut(row, rng))
                elif kind < ELSEWHERE:
                    other = rng.choice(passages)
                    if other != row.passage:
                        drawn.append(cut(Question(row.question, other, ()), rng))
                elif kind < ELSEWHERE + BESIDE and (part := beside(row, rng)):
                    drawn.append(part)
                else:
                    drawn.append(cut(row, rng))
        rng.shuffle(drawn)
        return drawn
