"""Sentiment: how the customer feels, one row a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Mapped

from schema.database.base import Base
from schema.results.base import ResultTable


@dataclass(frozen=True, slots=True)
class Sentiment:
    """The class of a document, e.g. POSITIVE, as the checkpoint's `id2label` names it."""

    label: str
    score: float
    windows: int = 1

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        return {"label": self.label, "score": self.score}


class SentimentRow(ResultTable, Base):
    """Table `sentiments`."""

    __tablename__ = "sentiments"
    analysis = "sentiment"
    result = Sentiment

    label: Mapped[str]
    score: Mapped[float]
    windows: Mapped[int]
