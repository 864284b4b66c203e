"""Answers: what the document says to each question of the run, a row a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from schema.database.base import Base
from schema.results.base import NOT_UNSURE, OrdinalTable


@dataclass(frozen=True, slots=True)
class Answer:
    """The best span of the document for one question; a document gives one for each question.

    Attributes:
        unsure: Whether the score is below the model's threshold; then the answer is empty.
    """

    question: str
    answer: str
    start: int
    end: int
    score: float
    windows: int = 1
    unsure: bool = False

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        return {
            "question": self.question,
            "answer": self.answer,
            "start": self.start,
            "end": self.end,
            "score": self.score,
            "unsure": self.unsure,
        }


class AnswerRow(OrdinalTable, Base):
    """Table `answers`; `ordinal` is the question's place in the run's list."""

    __tablename__ = "answers"
    analysis = "qa"
    result = Answer
    order = 3
    may_be_empty = False

    question: Mapped[str]
    answer: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    score: Mapped[float]
    windows: Mapped[int]
    unsure: Mapped[bool] = mapped_column(server_default=NOT_UNSURE)
