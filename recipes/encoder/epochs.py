"""The batches of every epoch, of all tasks."""

from __future__ import annotations

import random
from pathlib import Path

from transformers import PreTrainedTokenizerFast

from recipes.encoder.batches import (
    Rows,
    entity_rows,
    intent_rows,
    meaning_rows,
    question_rows,
    sentiment_rows,
)
from recipes.encoder.data.entities import EntityData
from recipes.encoder.data.intent_data import IntentData
from recipes.encoder.data.intent_phrases import of_letter
from recipes.encoder.data.letters import Letters
from recipes.encoder.data.made_questions import MadeQuestions
from recipes.encoder.data.meanings import MeaningData
from recipes.encoder.data.questions import QuestionData
from recipes.encoder.data.sentiment import NEGATIVE, NEUTRAL, POSITIVE, SentimentData
from recipes.encoder.teacher import Teacher

#: Letters of an epoch by their polarity.
LETTERS = {NEGATIVE: 1200, POSITIVE: 500, NEUTRAL: 300}


class Epochs:
    """The batches of every epoch.

    Args:
        data: The folder of data.
        tokenizer: Of the model.
        teacher: Of the vectors.
        seed: Of all that is drawn.
        focus: A task, and how many batches of it there are to one of the others; None for all
            batches of all tasks.
    """

    def __init__(
        self,
        data: Path,
        tokenizer: PreTrainedTokenizerFast,
        teacher: Teacher,
        seed: int,
        focus: tuple[str, float] | None = None,
    ) -> None:
        self._tokenizer, self._teacher, self._seed = tokenizer, teacher, seed
        self._focus = focus
        self._sentiment, self._entities = SentimentData(data), EntityData(data)
        self._questions, self._made = QuestionData(data), MadeQuestions(data)
        self._meanings, self._letters = MeaningData(data), Letters()
        self._intents = IntentData(data)

    def epoch(self, number: int) -> list[tuple[Rows, list[int]]]:
        """All batches of an epoch, mixed."""
        rng = random.Random(f"{self._seed}/{number}")
        meanings = self._meanings.epoch(rng)
        letters = [
            self._letters.draw(rng, label) for label, count in LETTERS.items() for _ in range(count)
        ]
        labelled = self._sentiment.epoch(rng) + [letter.labelled() for letter in letters]
        tagged = self._entities.epoch(rng) + [letter.tagged() for letter in letters]
        intents = self._intents.epoch(rng) + [of_letter(letter) for letter in letters]
        questions = self._questions.epoch(rng) + self._made.epoch(rng)
        questions += [self._made.of_letter(letter, rng) for letter in letters]
        every = (
            sentiment_rows(self._tokenizer, labelled),
            entity_rows(self._tokenizer, tagged),
            question_rows(self._tokenizer, questions),
            intent_rows(self._tokenizer, intents),
            meaning_rows(
                self._tokenizer, meanings, self._teacher.vectors([m.english for m in meanings])
            ),
        )
        batches = [batch for rows in every for batch in rows.batches(rng)]
        if self._focus is not None:
            task, ratio = self._focus
            chosen = [batch for batch in batches if batch[0].task == task]
            others = [batch for batch in batches if batch[0].task != task]
            batches = chosen + rng.sample(others, min(len(others), round(len(chosen) / ratio)))
        rng.shuffle(batches)
        return batches
