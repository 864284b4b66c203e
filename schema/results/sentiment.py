"""Sentiment: how the customer feels, one row a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Mapped

from schema.database.base import Base
from schema.results.base import Label, LabelTable


@dataclass(frozen=True, slots=True)
class Sentiment(Label):
    """How the customer feels: the model's own label, and what that says in words of ours.

    Attributes:
        polarity: `negative`, `neutral` or `positive`, whatever the model's labels are.
        polarity_score: From -1, as unhappy as can be, to 1.
    """

    polarity: str | None = None
    polarity_score: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The object that `triage analyze` prints."""
        shown = {"label": self.label, "score": self.score, "polarity": self.polarity}
        return shown | {"polarity_score": self.polarity_score} | Label.as_json(self)


class SentimentRow(LabelTable, Base):
    """Table `sentiments`. Reports use polarity alone, since labels are the model's own words; it is
    null in rows of before it was kept, where the label says nothing.
    """

    __tablename__ = "sentiments"
    analysis = "sentiment"
    result = Sentiment
    order = 1

    polarity: Mapped[str | None]
    polarity_score: Mapped[float | None]
